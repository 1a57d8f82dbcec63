#include "core/ids.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"
#include "fcgi-app/submission_json.hpp"

namespace runyard {
namespace {

Response read_submission(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  const auto missing = [] { return problem_response(404, "there is no such execution"); };
  if (!is_uuid(id)) return missing();
  if (auto refused = refuse_query(request)) return std::move(*refused);
  const auto execution = context.executions.find(id, caller.owner);
  const auto submission = context.executions.find_submission(id, caller.owner);
  if (!execution || !submission) return missing();
  // A code session's runs try code out, without the problem's tests.
  const auto problem_id =
      execution->origin == Origin::kSession ? std::string() : execution->problem_id;
  auto response = json_response(200, submission_to_api_json(*submission, problem_id));
  response.execution_id = execution->id;
  return response;
}

}  // namespace

void add_submission_view_routes(Router& router, const ApiContext& context) {
  router.add("GET", std::string(kExecutionsPath) + "/{id}/submission",
             for_caller(context, Scope::kRead, read_submission));
}

}  // namespace runyard
