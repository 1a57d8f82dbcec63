#include "fcgi-app/api_config.hpp"

namespace runyard {

std::vector<Setting> api_settings(ApiConfig& config) {
  constexpr int kMiB = 1024 * 1024;
  return {
      text_setting("db", config.db, "libpq connection string of the database"),
      integer_setting("db_connections", config.db_connections, 1, 64,
                      "connections to PostgreSQL at most, beside one that listens"),
      integer_setting("threads", config.threads, 1, 1024,
                      "requests served at one time; three quarters of them may be waiting ones"),
      text_setting("languages_dir", config.languages_dir, "folder with a folder for each language"),
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
      integer_setting("max_queued", config.max_queued, 1, 10'000'000,
                      "unfinished executions at which submissions are refused with 503"),
      integer_setting("drain_s", config.drain_s, 0, 300,
                      "seconds that requests under way get to end after SIGTERM"),
  };
}

}  // namespace runyard
