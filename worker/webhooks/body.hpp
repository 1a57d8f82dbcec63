#pragma once
// What is sent of an execution. Pure.
#include <cstddef>
#include <string>

#include "core/execution.hpp"

namespace runyard {

constexpr std::size_t kMaxWebhookBytes = 1'048'576;

struct WebhookBody {
  std::string text;
  bool shortened = false;
};

/// The execution as the API shows it. One that is longer than kMaxWebhookBytes has of each output
/// the first 4096 bytes, marked as truncated, and no tests and artifacts, as in the API's lists.
WebhookBody webhook_body(Execution execution);

}  // namespace runyard
