#include "worker/webhooks/webhook_metrics.hpp"

namespace runyard {
namespace {

metrics::Counter& attempts(const char* outcome) {
  return metrics::registry().counter("runyard_webhook_attempts_total",
                                     "Attempts to deliver a webhook, by what came of them.",
                                     {{"outcome", outcome}});
}

}  // namespace

WebhookMetrics& webhook_metrics() {
  static WebhookMetrics one{
      attempts("delivered"),
      attempts("refused"),
      attempts("receiver_error"),
      attempts("no_answer"),
      attempts("forbidden_address"),
      metrics::registry().counter("runyard_webhook_given_up_total",
                                  "Webhooks that were not delivered in all their attempts."),
      metrics::registry().histogram("runyard_webhook_attempt_seconds",
                                    "From the look for the host's address to the answer."),
      metrics::registry().gauge("runyard_webhook_under_way", "Webhooks that are being sent."),
      metrics::registry().gauge("runyard_webhook_receivers_left_alone",
                                "Receivers that failed so often that they are spared.")};
  return one;
}

}  // namespace runyard
