#pragma once
// What the sending of webhooks counts. See core/metrics.hpp.
#include "core/metrics.hpp"

namespace runyard {

struct WebhookMetrics {
  metrics::Counter& delivered;  ///< attempts, as all five
  metrics::Counter& refused;    ///< answered with 3xx or 4xx
  metrics::Counter& failing;    ///< answered with 5xx
  metrics::Counter& no_answer;  ///< not reached, or no answer in time
  metrics::Counter& forbidden;  ///< its host has an address that nothing is sent to
  metrics::Counter& given_up;   ///< webhooks, after the last attempt
  metrics::Histogram& time;
  metrics::Gauge& under_way;
  metrics::Gauge& receivers_left_alone;
};
WebhookMetrics& webhook_metrics();

}  // namespace runyard
