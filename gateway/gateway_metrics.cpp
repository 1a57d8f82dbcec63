#include "gateway/gateway_metrics.hpp"

namespace runyard::gateway {
namespace {

using metrics::registry;

metrics::Gauge& connections(const char* transport) {
  return registry().gauge("runyard_gateway_connections",
                          "Clients: native ones, and sessions of Socket.IO.",
                          {{"transport", transport}});
}

metrics::Counter& runs(const char* how) {
  return registry().counter("runyard_gateway_runs_total",
                            "Runs that were started for a client, or that one attached to.",
                            {{"how", how}});
}

metrics::Counter& refused(const char* reason) {
  return registry().counter("runyard_gateway_refused_total", "Connections that were refused.",
                            {{"reason", reason}});
}

}  // namespace

GatewayMetrics& gateway_metrics() {
  static GatewayMetrics one{
      connections("websocket"),
      connections("socket.io"),
      registry().gauge("runyard_gateway_live_runs", "Runs that clients follow now."),
      runs("started"),
      runs("attached"),
      registry().counter("runyard_gateway_runs_refused_total",
                         "Runs that were refused, or could not be asked for."),
      registry().counter("runyard_gateway_runs_killed_total",
                         "Runs that were cancelled since their client or gateway was gone."),
      registry().counter("runyard_gateway_received_bytes_total", "Of clients, without headers."),
      registry().counter("runyard_gateway_sent_bytes_total", "To clients, likewise."),
      refused("no_place"),
      refused("address"),
      refused("origin"),
      refused("host"),
      registry().counter("runyard_gateway_given_up_total",
                         "Clients that sent or took too slowly when too much was kept for all."),
      registry().counter("runyard_gateway_database_failed_total",
                         "Work that the database could not do.")};
  return one;
}

}  // namespace runyard::gateway
