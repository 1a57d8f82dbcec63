#pragma once
// Runyard's API as the commands use it.
#include <functional>
#include <string>
#include <string_view>

#include "cli/http_client.hpp"
#include "core/json.hpp"

namespace runyard::cli {

/// One request's answer, waiting where the server asks for it.
class Service final {
 public:
  /// How the client rests between two attempts; throws Interrupted where it may be interrupted.
  using Rest = std::function<void(std::chrono::milliseconds)>;
  using Say = std::function<void(std::string_view)>;

  /// A refusal for want of room (429, or 503 with Retry-After) is waited out and asked again so
  /// often at most, saying so each time; one that asks for longer is a failure at once. So is a
  /// proxy's word (502, 504) that there was no answer, where asking twice does nothing twice.
  static constexpr int kMaxWaits = 5;
  static constexpr std::chrono::seconds kMaxWait{60};

  Service(HttpClient& http, Rest rest, Say say);

  HttpClient& http() { return http_; }
  const Rest& rest() const { return rest_; }
  const Say& say() const { return say_; }

  /// A 2xx answer. Throws Failure with what the server says for any other, and when it cannot be
  /// reached (GET and what carries an Idempotency-Key is tried a few times). Throws Interrupted.
  HttpAnswer ask(const HttpRequest& request);
  /// The same as JSON.
  json::Value ask_json(const HttpRequest& request);

  /// Submits; gives the execution's id. A connection that breaks does not submit twice. Throws
  /// Interrupted when a signal came before the answer, once what was perhaps submitted is
  /// cancelled.
  std::string submit(const std::string& body);
  /// Asks for its end, for 10 s at most; whether it came is seen on the execution.
  void cancel(const std::string& execution_id) noexcept;

 private:
  void withdraw(HttpRequest submission) noexcept;

  HttpClient& http_;
  Rest rest_;
  Say say_;
  bool unanswered_ = false;  // the last request of ask(): the server may have acted
};

/// Reads an answer's body. Throws Failure when it is not JSON: no Runyard, or one that is too old.
json::Value json_of(const HttpAnswer& answer, const HttpClient& http);

/// What a refused request is told in: a line for each wrong field, else one line.
std::string refusal_text(const HttpAnswer& answer, const Server& server);

/// Seconds of Retry-After; `fallback` without one, or with one that is a date.
std::chrono::seconds retry_after(const HttpAnswer& answer, std::chrono::seconds fallback);

inline constexpr char kExecutionsPath[] = "/api/v1/executions";

}  // namespace runyard::cli
