#include "worker/webhooks/body.hpp"

#include "core/execution_json.hpp"

namespace runyard {
namespace {

constexpr std::size_t kShortOutput = 4096;

/// True when something was cut off.
bool cut(std::string& output) {
  if (output.size() <= kShortOutput) return false;
  output.resize(kShortOutput);
  return true;
}

}  // namespace

WebhookBody webhook_body(Execution execution) {
  WebhookBody body{execution_to_json(execution, OutputEncoding::kText), false};
  if (body.text.size() <= kMaxWebhookBytes || !execution.result) return body;
  auto& result = *execution.result;
  if (cut(result.output)) result.output_truncated = true;
  if (cut(result.errors)) result.errors_truncated = true;
  if (result.compile) {
    cut(result.compile->output);
    cut(result.compile->errors);
  }
  result.tests.clear();
  result.artifacts.clear();
  return {execution_to_json(execution, OutputEncoding::kText, kMaxWebhookBytes), true};
}

}  // namespace runyard
