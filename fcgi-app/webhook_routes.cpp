// Who was told of an execution's end: GET /executions/{id}/webhooks, POST
// /executions/{id}/webhooks/redeliver; and what it is signed with: GET and POST
// /auth/webhook-secret.
#include "core/ids.hpp"
#include "core/webhook_store.hpp"
#include "fcgi-app/cursor.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

Response no_such_execution() { return problem_response(404, "there is no such execution"); }

void write_optional(json::Writer& writer, std::string_view name,
                    const std::optional<std::string>& text) {
  writer.key(name);
  text ? writer.string(*text) : writer.null();
}

void write_attempt(json::Writer& writer, const WebhookLog::Attempt& attempt) {
  writer.begin_object().member("attempt", attempt.attempt).member("at", attempt.at);
  writer.key("duration_ms");
  attempt.duration_ms ? writer.integer(*attempt.duration_ms) : writer.null();
  writer.key("status");
  attempt.status ? writer.integer(*attempt.status) : writer.null();
  writer.key("error");
  attempt.error.empty() ? writer.null() : writer.string(attempt.error);
  writer.end_object();
}

void write_webhook(json::Writer& writer, const WebhookLog& log) {
  writer.begin_object().member("webhook_id", log.id).member("url", log.url);
  writer.member("state", to_string(log.state)).member("created_at", log.created_at);
  write_optional(writer, "next_attempt_at", log.next_attempt_at);
  write_optional(writer, "finished_at", log.finished_at);
  writer.key("attempts").begin_array();
  for (const auto& attempt : log.attempts) write_attempt(writer, attempt);
  writer.end_array().end_object();
}

Response list(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto id = canonical_id(request.params.at(0));
  if (!is_uuid(id)) return no_such_execution();
  BodyErrors errors;
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);
  const auto logs = required(context.webhooks).log(id, caller.owner);
  if (!logs) return no_such_execution();
  json::Writer writer;
  writer.begin_object().key("webhooks").begin_array();
  for (const auto& log : *logs) write_webhook(writer, log);
  writer.end_array().end_object();
  auto response = json_response(200, writer.text());
  response.execution_id = id;
  return response;
}

Response redeliver(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto id = canonical_id(request.params.at(0));
  if (!is_uuid(id)) return no_such_execution();
  if (auto refused = refuse_extras(request)) return std::move(*refused);
  auto& webhooks = required(context.webhooks);
  const bool found = webhooks.redeliver(id, caller.owner);
  const auto logs = webhooks.log(id, caller.owner);
  if (!logs) return no_such_execution();
  if (!found || logs->empty())
    return problem_response(409,
                            "nothing was to be sent: the execution has no callback_url, is not "
                            "over, or ended more than a week ago");
  json::Writer writer;
  write_webhook(writer, logs->at(0));
  auto response = json_response(202, writer.text());
  response.execution_id = id;
  return response;
}

Response secret_response(const std::string& secret) {
  json::Writer writer;
  writer.begin_object().member("secret", secret).end_object();
  return json_response(200, writer.text());
}

Response read_secret(const ApiContext& context, const Request& request, const Caller& caller) {
  BodyErrors errors;
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);
  return secret_response(required(context.webhooks).secrets(caller.owner).at(0));
}

Response change_secret(const ApiContext& context, const Request& request, const Caller& caller) {
  if (auto refused = refuse_extras(request)) return std::move(*refused);
  return secret_response(required(context.webhooks).change_secret(caller.owner));
}

}  // namespace

void add_webhook_routes(Router& router, const ApiContext& context) {
  const auto path = std::string(kExecutionsPath) + "/{id}/webhooks";
  router.add("GET", path, for_caller(context, Scope::kRead, list));
  router.add("POST", path + "/redeliver", for_caller(context, Scope::kSubmit, redeliver));
  router.add("GET", "/api/v1/auth/webhook-secret",
             for_caller(context, Scope::kAccount, read_secret));
  router.add("POST", "/api/v1/auth/webhook-secret",
             for_caller(context, Scope::kAccount, change_secret));
}

}  // namespace runyard
