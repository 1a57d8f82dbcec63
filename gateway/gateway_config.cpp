#include "gateway/gateway_config.hpp"

#include "gateway/api_address.hpp"

namespace runyard::gateway {

std::vector<Setting> gateway_settings(GatewayConfig& c) {
  auto api_socket = text_setting("api_socket", c.api_socket,
                                 "where runyard-api takes FastCGI requests: a socket's /path or "
                                 "HOST:PORT, looked up each time");
  api_socket.parse = [&c](const std::string& text) -> std::string {
    if (!parse_api_address(text)) return "must be a socket's /path or HOST:PORT";
    c.api_socket = text;
    return "";
  };
  return {
      with_alias(text_setting("db", c.db, "libpq connection string of the database"),
                 "RUNNER_DB_DSN"),
      integer_setting("db_connections", c.db_connections, 1, 64,
                      "connections to PostgreSQL at most, beside one that listens"),
      integer_setting("threads", c.threads, 1, 64, "threads that serve connections"),
      text_setting("listen", c.listen,
                   "where the web server connects: unix:/path or ADDRESS:PORT; whoever reaches it "
                   "says who the client is"),
      std::move(api_socket),
      choice_setting("log_level", c.log_level, {"debug", "info", "warn", "error"},
                     "least level that is logged"),
      integer_setting("connections", c.connections, 1, 100'000,
                      "live connections at one time; more are refused with 503"),
      integer_setting("connections_per_address", c.connections_per_address, 0, 100'000,
                      "of them from one address (one IPv6 network of 64 bits), this machine's own "
                      "not counted; more are refused with 429; 0: any number"),
      choice_setting("auth", c.auth, {"open", "required"},
                     "as the API has it: open asks which name of this server a client calls"),
      hosts_setting(c.access),
      allowed_origins_setting(c.access),
      integer_setting("ping_s", c.ping_s, 1, 3600,
                      "seconds of silence after which a client is pinged; it is gone when it says "
                      "nothing for as long again"),
      integer_setting("stall_s", c.stall_s, 1, 3600,
                      "seconds without progress after which a client that does not read is gone"),
      integer_setting("drain_s", c.drain_s, 0, 300,
                      "seconds that clients get to close, and runs to be cancelled, after SIGTERM"),
      integer_setting("start_wait_s", c.start_wait_s, 0, 3600,
                      "seconds after the start in which the database must come; then the program "
                      "ends; 0: does not start without it"),
  };
}

}  // namespace runyard::gateway
