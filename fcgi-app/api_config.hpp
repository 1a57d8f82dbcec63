#pragma once
// The settings of runyard-api.
#include <string>
#include <vector>

#include "core/access_rules.hpp"
#include "core/config.hpp"
#include "core/network.hpp"
#include "core/quota.hpp"
#include "fcgi-app/auth/auth_service.hpp"

namespace runyard {

struct ApiConfig {
  std::string db = "dbname=runyard";
  int db_connections = 4;
  int threads = 64;
  std::string languages_dir = "docker/languages";
  std::string spec_file;
  std::string log_level = "info";
  int max_body_bytes = 8 * 1024 * 1024;
  int max_code_bytes = 50 * 1024;
  int max_stdin_bytes = 1024 * 1024;
  int max_wait_s = 60;
  int total_s = 600;
  int problem_total_s = 3600;
  int max_queued = 100'000;
  int drain_s = 10;
  int start_wait_s = 30;
  int event_listeners = 256;
  std::vector<Network> metrics_allow = parse_networks("127.0.0.0/8, ::1");
  std::string auth = "open";
  AccessRules access;  ///< hosts and allowed_origins
  bool older_cors = false;
  std::string registration = "open";
  std::string token_secret_file;
  int token_s = 12 * 3600;
  AuthSettings auth_settings;
  QuotaLimits quotas{0, 0, 0, 0, 16};
  int spec_timeout_s = 20;
  std::int64_t spec_memory_kb = 100 * 1024;
  int execute_per_15_min = 100;
};

/// The table that reads, checks and explains them. Bound to `config`, which must outlive it.
std::vector<Setting> api_settings(ApiConfig& config);

}  // namespace runyard
