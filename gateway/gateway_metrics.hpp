#pragma once
// What the gateway counts. See core/metrics.hpp.
#include "core/metrics.hpp"

namespace runyard::gateway {

struct GatewayMetrics {
  metrics::Gauge& web_sockets;  ///< native clients
  metrics::Gauge& socket_io;    ///< sessions, whatever their transport
  metrics::Gauge& live_runs;    ///< begun or attached to, and not over
  metrics::Counter& started;
  metrics::Counter& attached;
  metrics::Counter& runs_refused;  ///< by the API, or since it or the database is away
  metrics::Counter& killed;        ///< cancelled, since their client or their gateway is gone
  metrics::Counter& bytes_in;
  metrics::Counter& bytes_out;
  metrics::Counter& no_place;  ///< connections refused, as the next three
  metrics::Counter& address_full;
  metrics::Counter& foreign_origin;
  metrics::Counter& foreign_host;
  metrics::Counter& given_up;         ///< clients that were too slow when too much was kept for all
  metrics::Counter& database_failed;  ///< work that the database could not do
};
GatewayMetrics& gateway_metrics();

}  // namespace runyard::gateway
