#pragma once
// The routes by group, one .cpp each; API.md section 1 says what they do.
#include "fcgi-app/api.hpp"

namespace runyard {

constexpr char kExecutionsPath[] = "/api/v1/executions";

/// POST /executions and /executions/batch.
void add_submit_routes(Router& router, const ApiContext& context);
/// GET /executions, GET and DELETE /executions/{id}, POST /executions/{id}/cancel.
void add_execution_routes(Router& router, const ApiContext& context);
/// GET /executions/{id}/stdout, /stderr and /artifacts/{name}: the bytes themselves.
void add_part_routes(Router& router, const ApiContext& context);
/// GET /executions/{id}/submission.
void add_submission_view_routes(Router& router, const ApiContext& context);
/// GET /executions/{id}/events.
void add_event_routes(Router& router, const ApiContext& context);
/// GET and POST /problems, GET, PUT, PATCH and DELETE /problems/{id}.
void add_problem_routes(Router& router, const ApiContext& context);
/// POST /code-sessions, GET, PATCH and DELETE /code-sessions/{id}, POST /code-sessions/{id}/run.
void add_session_routes(Router& router, const ApiContext& context);
/// GET /executions/{id}/webhooks, POST /executions/{id}/webhooks/redeliver, GET and POST
/// /auth/webhook-secret.
void add_webhook_routes(Router& router, const ApiContext& context);
/// GET /stats.
void add_stats_routes(Router& router, const ApiContext& context);
/// GET /languages and /languages/{id}.
void add_language_routes(Router& router, const ApiContext& context);
/// POST /auth/register and /auth/token, GET /auth/me.
void add_account_routes(Router& router, const ApiContext& context);
/// GET and POST /auth/keys, DELETE /auth/keys/{id}.
void add_key_routes(Router& router, const ApiContext& context);
/// GET /health and /ready, with and without /api/v1.
void add_health_routes(Router& router, const ApiContext& context);
/// GET /metrics, with and without /api/v1.
void add_metrics_routes(Router& router, const ApiContext& context);

/// Waits at `place` until the execution is over or the deadline is reached, and returns its last
/// state; nullopt when there is none or it is another owner's. `look_first`: it may be over before
/// anybody was asked to notify its end.
std::optional<Execution> wait_for_end(const ApiContext& context, Waiters::Place& place,
                                      const std::string& id, const std::string& owner,
                                      Waiters::Clock::time_point deadline, bool look_first);

}  // namespace runyard
