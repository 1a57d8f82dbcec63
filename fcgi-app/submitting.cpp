#include "fcgi-app/submitting.hpp"

#include <algorithm>
#include <utility>

#include "core/ids.hpp"
#include "fcgi-app/api_metrics.hpp"
#include "fcgi-app/quotas.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

constexpr int kRetryAfterFull = 5;

Refused conflict(std::string detail) { return Refused{Problem{409, std::move(detail), {}}, 0}; }

/// What an earlier request with the same key made.
SubmitAnswer repeated(const ApiContext& context, const std::string& id, const std::string& owner,
                      bool waits, Waiters::Clock::time_point deadline) {
  Accepted accepted{id, false, std::nullopt, waits};
  if (waits) {
    Waiters::Place place(context.waiters, id, owner);
    context.executions.watch(id);
    accepted.execution = wait_for_end(context, place, id, owner, deadline, true);
  } else {
    accepted.execution = context.executions.find(id, owner);
  }
  if (!accepted.execution)
    return conflict("the execution that this Idempotency-Key stands for was deleted");
  return accepted;
}

}  // namespace

SubmitAnswer submit_and_wait(const ApiContext& context, NewExecution execution, int wait_s,
                             Scopes scopes) {
  if (execution.submission.priority == Priority::kHigh && !scopes.has(Scope::kPriority))
    return Refused{
        Problem{403,
                "priority \"high\" needs an API key with the scope \"priority\", which only the "
                "operator gives",
                {}},
        0};
  // Whatever made it: no interface gives more than the operator allows.
  auto& total = execution.submission.limits.total_ms;
  total = std::min(total, execution.problem_id.empty() ? context.rules.total_ms
                                                       : context.rules.problem_total_ms);
  if (context.fleet.view()->queue_full) {
    api_metrics().queue_full.add();
    return Refused{Problem{503, "the queue is full; try again", {}}, kRetryAfterFull};
  }
  if (execution.id.empty()) execution.id = new_uuid7();
  // Two versions of a language may be in two images: only a worker that has this one may claim it.
  const auto& submission = execution.submission;
  if (const auto* language = context.catalog.find(submission.language, submission.version))
    execution.image = language->image;

  if (context.quotas) execution.quota = context.quotas->of(execution.owner);

  // The place is taken before the submission, so that no end can be missed.
  const auto deadline = Waiters::Clock::now() + std::chrono::seconds(wait_s);
  std::optional<Waiters::Place> place;
  if (wait_s > 0) place.emplace(context.waiters, execution.id, execution.owner);
  const bool waits = place && *place;
  execution.watched = waits;

  const auto outcome = context.executions.submit(execution);
  if (const auto* quota = std::get_if<QuotaExceeded>(&outcome)) {
    api_metrics().quota.add();
    return Refused{Problem{429, quota->message, {}}, quota->retry_after_s};
  }
  const auto* submitted = std::get_if<Submitted>(&outcome);
  if (!submitted) {
    api_metrics().conflict.add();
    return conflict("this Idempotency-Key was used with another body");
  }
  (submitted->created ? api_metrics().accepted : api_metrics().repeated).add();
  if (!submitted->created) {
    place.reset();  // of an id that nobody will ever have
    return repeated(context, submitted->id, execution.owner, waits, deadline);
  }
  Accepted accepted{submitted->id, true, std::nullopt, waits};
  if (waits)
    accepted.execution =
        wait_for_end(context, *place, submitted->id, execution.owner, deadline, false);
  return accepted;
}

Response refused_response(const Refused& refused) {
  auto response = problem_response(refused.problem);
  if (refused.retry_after_s > 0)
    response.headers.emplace_back("Retry-After", std::to_string(refused.retry_after_s));
  return response;
}

}  // namespace runyard
