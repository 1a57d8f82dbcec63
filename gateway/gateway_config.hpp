#pragma once
// The settings of runyard-gateway.
#include <string>
#include <vector>

#include "core/access_rules.hpp"
#include "core/config.hpp"

namespace runyard::gateway {

struct GatewayConfig {
  std::string db = "dbname=runyard";
  int db_connections = 3;
  int threads = 2;
  std::string listen = "unix:/run/runyard/gateway/live.sock";
  std::string api_socket = "/run/runyard/api.sock";
  std::string log_level = "info";
  int connections = 1000;
  int connections_per_address = 100;
  std::string auth = "open";
  AccessRules access;  ///< hosts and allowed_origins
  int ping_s = 25;
  int stall_s = 60;
  int drain_s = 10;
  int start_wait_s = 30;
};

/// The table that reads, checks and explains them. Bound to `config`, which must outlive it.
std::vector<Setting> gateway_settings(GatewayConfig& config);

}  // namespace runyard::gateway
