#include "cli/following.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

#include "cli/failure.hpp"
#include "cli/members.hpp"
#include "cli/sse_parser.hpp"
#include "core/text.hpp"

namespace runyard::cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{1000};
/// So often in a row no event may come before the end is asked for instead.
constexpr int kMaxFruitless = 10;
/// So long a server may be away while its end is asked for.
constexpr std::chrono::minutes kMaxAway{2};
constexpr int kWaitSeconds = 30;
/// Between two questions for the end, whatever the server says of it.
constexpr std::chrono::milliseconds kMinPause{200};

bool is_over(const json::Value& execution) {
  const auto status = text_at(execution, "status");
  return !status.empty() && status != "QUEUED" && status != "RUNNING";
}

std::chrono::milliseconds pause_after(const HttpAnswer& answer, std::chrono::seconds fallback) {
  return std::clamp<std::chrono::milliseconds>(retry_after(answer, fallback), kMinPause,
                                               Service::kMaxWait);
}

/// A pause that a signal ends by a cancellation.
void rest(Service& service, const std::string& id, std::chrono::milliseconds time) {
  try {
    service.rest()(time);
  } catch (const Interrupted&) {
    service.cancel(id);
  }
}

/// One execution's events over all connections.
class Follower final {
 public:
  Follower(Service& service, const std::string& id, const Watcher& watcher)
      : service_(service), id_(id), watcher_(watcher) {}

  /// nullopt: there are no events to be had.
  std::optional<json::Value> follow() {
    while (fruitless_ < kMaxFruitless) {
      if (!connect()) return std::nullopt;
      if (end_) return std::move(end_);
      if (std::exchange(cancelled_, false)) continue;
      if (!got_event_) ++fruitless_;
      rest(service_, id_, kPause);
    }
    return std::nullopt;
  }

 private:
  /// Until the stream ends for whatever reason; false when the server has none for us.
  bool connect() {
    HttpRequest request{"GET",
                        std::string(kExecutionsPath) + "/" + id_ + "/events?encoding=base64"};
    request.headers.emplace_back("Accept: text/event-stream");
    if (!parser_.last_id().empty())
      request.headers.push_back("Last-Event-ID: " + parser_.last_id());
    parser_.restart();
    got_event_ = false;
    try {
      const auto answer =
          service_.http().stream(request, [this](std::string_view bytes) { parser_.feed(bytes); });
      // Nginx answers for an API that is being started anew, ours by 503. A server where too many
      // listen says 503 as well; a place may be free at the next attempt.
      return answer.status == 200 || (answer.status >= 502 && answer.status <= 504);
    } catch (const ConnectionFailed&) {
      return true;
    } catch (const Interrupted&) {
      service_.say()("cancelling " + id_);
      service_.cancel(id_);
      return cancelled_ = true;
    } catch (const std::length_error& error) {
      throw Failure(service_.http().server().url + ": an event cannot be taken: " + error.what());
    }
  }

  void take(const SseEvent& event) {
    got_event_ = true;
    fruitless_ = 0;
    json::Value data;
    try {
      data = json::parse(event.data);
    } catch (const json::ParseError& error) {
      throw Failure(service_.http().server().url + ": an event is not JSON: " + error.what());
    }
    if (event.name == "stdout")
      give(watcher_.on_stdout, data);
    else if (event.name == "stderr")
      give(watcher_.on_stderr, data);
    else if (event.name == "test" && watcher_.on_test)
      watcher_.on_test(data);
    else if (event.name == "status")
      take_status(data);
    else if (event.name == "end")
      end_ = std::move(data);
  }

  void take_status(const json::Value& status) {
    const auto attempt = integer_at(status, "attempt").value_or(0);
    if (attempt <= attempt_) return;
    if (attempt_ > 0 && watcher_.on_new_attempt) watcher_.on_new_attempt();
    attempt_ = attempt;
  }

  static void give(const std::function<void(std::string_view)>& watcher, const json::Value& data) {
    const auto bytes = base64_decode(text_at(data, "data"));
    if (bytes && watcher) watcher(*bytes);
  }

  Service& service_;
  const std::string& id_;
  const Watcher& watcher_;
  SseParser parser_{[this](const SseEvent& event) { take(event); }};
  std::optional<json::Value> end_;
  std::int64_t attempt_ = 0;
  int fruitless_ = 0;
  bool got_event_ = false;  // on this connection
  bool cancelled_ = false;  // just now: its end is about to come
};

}  // namespace

std::string wait_for_end(Service& service, const std::string& execution_id,
                         const std::string& query) {
  HttpRequest request{"GET", std::string(kExecutionsPath) + "/" + execution_id + "?wait=" +
                                 std::to_string(kWaitSeconds) + (query.empty() ? "" : "&" + query)};
  auto away_since = steady_clock::now();
  for (;;) {
    std::string trouble;
    auto pause = kPause;
    try {
      auto answer = service.http().send_interruptibly(request);
      if (answer.status == 200) {
        if (is_over(json_of(answer, service.http()))) return std::move(answer.body);
        away_since = steady_clock::now();
        // It says so when it could not wait for us.
        pause = pause_after(answer, std::chrono::seconds(0));
      } else {
        trouble = refusal_text(answer, service.http().server());
        // 429 and 5xx pass; others do not.
        if (answer.status != 429 && answer.status < 500) throw Failure(trouble);
        pause = pause_after(answer, std::chrono::seconds(1));
      }
    } catch (const ConnectionFailed& error) {
      trouble = error.what();
    } catch (const Interrupted&) {
      service.say()("cancelling " + execution_id);
      service.cancel(execution_id);
      continue;
    }
    if (!trouble.empty() && steady_clock::now() - away_since > kMaxAway)
      throw Failure(trouble + "\nits end is not known: runyard-cli history " + execution_id);
    rest(service, execution_id, pause);
  }
}

json::Value follow(Service& service, const std::string& execution_id, const Watcher& watcher) {
  if (auto end = Follower(service, execution_id, watcher).follow()) return std::move(*end);
  return json::parse(wait_for_end(service, execution_id, "encoding=base64"));
}

}  // namespace runyard::cli
