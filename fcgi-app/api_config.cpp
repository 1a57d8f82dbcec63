#include "fcgi-app/api_config.hpp"

#include <stdexcept>

#include "core/limits.hpp"

namespace runyard {

namespace {

std::vector<Setting> auth_settings(ApiConfig& config) {
  auto& attempts = config.auth_settings;
  return {
      choice_setting("auth", config.auth, {"open", "required"},
                     "open: who shows no credentials owns by address; required: such are 401"),
      hosts_setting(config.access),
      allowed_origins_setting(config.access),
      boolean_setting(
          "older_cors", config.older_cors,
          "true: pages of all origins may call below /v1/ without credentials, as an "
          "older server had it: with auth = open any page runs programs as its visitor"),
      choice_setting("registration", config.registration, {"open", "closed"},
                     "whether anybody may make an account"),
      text_setting(
          "token_secret_file", config.token_secret_file,
          "what tokens are signed with, made when it is missing; empty: nobody signs in by a "
          "password"),
      integer_setting("token_s", config.token_s, 60, 365 * 24 * 3600,
                      "seconds that an access token is good for"),
      integer_setting("sign_in_attempts", attempts.sign_in_attempts, 0, 1'000'000,
                      "wrong passwords in ten minutes, per address; 25 times as many per user from "
                      "everywhere; 0: any number"),
      integer_setting("registration_attempts", attempts.registration_attempts, 0, 1'000'000,
                      "registrations in an hour, per address and per user name; 0: any number"),
  };
}

std::vector<Setting> quota_settings(QuotaLimits& quotas) {
  constexpr int kMost = 1'000'000'000;
  return {
      integer_setting("quota_queued", quotas.queued, 0, kMost,
                      "executions of one owner that may wait to be run; 0: any number"),
      integer_setting("quota_running", quotas.running, 0, kMost,
                      "executions of one owner that may wait or run; 0: any number"),
      integer_setting("quota_per_minute", quotas.per_minute, 0, kMost,
                      "submissions of one owner within a minute; 0: any number"),
      integer_setting("quota_cpu_s_per_day", quotas.cpu_s_per_day, 0, kMost,
                      "seconds of CPU time of one owner from midnight UTC; 0: any number"),
      integer_setting("live_per_owner", quotas.live, 0, kMost,
                      "live runs of one owner that may wait or run; 0: any number"),
  };
}

Setting metrics_allow_setting(std::vector<Network>& target) {
  Setting setting;
  setting.name = "metrics_allow";
  setting.shown_default = "127.0.0.0/8, ::1";
  setting.help =
      "networks that may read /metrics, separated by commas, as 10.1.0.0/16; none: nobody";
  setting.parse = [&target](const std::string& text) -> std::string {
    try {
      target = text == "none" ? std::vector<Network>() : parse_networks(text);
      return "";
    } catch (const std::invalid_argument& error) {
      return "\"" + std::string(error.what()) +
             "\" is no network as 10.0.0.0/8 or fd00::/8, and no address";
    }
  };
  return setting;
}

/// Of the older interfaces.
std::vector<Setting> older_settings(ApiConfig& config) {
  constexpr std::int64_t kMiB = 1024;
  return {
      with_alias(integer_setting("spec_timeout_s", config.spec_timeout_s, 1, 300,
                                 "seconds that a program of POST /v1/exec may run"),
                 "RUNNER_SANDBOX_TIMEOUTSECONDS"),
      with_alias(memory_setting("spec_memory", config.spec_memory_kb, 8 * kMiB, 1024 * kMiB,
                                "memory of a program of POST /v1/exec; languages that need more "
                                "than the usual 128M get what their manifest says"),
                 "RUNNER_SANDBOX_MEMORY"),
      integer_setting("execute_per_15_min", config.execute_per_15_min, 0, 1'000'000,
                      "requests of one address to POST /execute in 15 minutes, this machine's own "
                      "not counted; 0: any number"),
  };
}

}  // namespace

std::vector<Setting> api_settings(ApiConfig& config) {
  constexpr int kMiB = 1024 * 1024;
  std::vector<Setting> settings{
      with_alias(text_setting("db", config.db, "libpq connection string of the database"),
                 "RUNNER_DB_DSN"),
      integer_setting("db_connections", config.db_connections, 1, 64,
                      "connections to PostgreSQL at most, beside one that listens"),
      integer_setting("threads", config.threads, 1, 1024,
                      "requests served at one time; three quarters of them may be waiting ones"),
      text_setting("languages_dir", config.languages_dir, "folder with a folder for each language"),
      text_setting("spec_file", config.spec_file,
                   "YAML file with languages in images of the operator's own; empty: none"),
      choice_setting("log_level", config.log_level, {"debug", "info", "warn", "error"},
                     "debug logs each successful read as well"),
      integer_setting("max_body_bytes", config.max_body_bytes, 1024, 64 * kMiB,
                      "largest request body; Nginx has a limit of its own"),
      integer_setting("max_code_bytes", config.max_code_bytes, 1024, kMiB,
                      "source text of one submission, all files together"),
      integer_setting("max_stdin_bytes", config.max_stdin_bytes, 0, 4 * kMiB, "input of one run"),
      integer_setting(
          "max_wait_s", config.max_wait_s, 0, 300,
          "seconds that a request may wait for an execution's end; below Nginx's read timeout"),
      integer_setting("total_s", config.total_s, 1, kMaxTotalMs / 1000,
                      "seconds that an execution may run in all: compilation, tests and checks "
                      "together"),
      integer_setting("problem_total_s", config.problem_total_s, 1, kMaxTotalMs / 1000,
                      "the most of these seconds that a problem's author may ask for"),
      integer_setting("max_queued", config.max_queued, 1, 10'000'000,
                      "unfinished executions at which submissions are refused with 503"),
      integer_setting("drain_s", config.drain_s, 0, 300,
                      "seconds that requests under way get to end after SIGTERM"),
      integer_setting("start_wait_s", config.start_wait_s, 0, 3600,
                      "seconds after the start in which the database must come; then the program "
                      "ends; 0: does not start without it"),
      integer_setting("event_listeners", config.event_listeners, 1, 10'000,
                      "clients at one time that get events of executions as they come, on one "
                      "thread; an owner has an eighth of them at most"),
      metrics_allow_setting(config.metrics_allow),
  };
  for (auto& part : {auth_settings(config), quota_settings(config.quotas), older_settings(config)})
    settings.insert(settings.end(), part.begin(), part.end());
  return settings;
}

}  // namespace runyard
