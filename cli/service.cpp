#include "cli/service.hpp"

#include <charconv>
#include <utility>

#include "cli/failure.hpp"
#include "cli/members.hpp"
#include "core/ids.hpp"
#include "core/terminal_text.hpp"

namespace runyard::cli {
namespace {

constexpr int kMaxReconnects = 3;
constexpr std::chrono::milliseconds kReconnectPause{1000};
/// So long one who has pressed Ctrl-C waits for the id of what is to be cancelled.
constexpr std::chrono::seconds kWithdrawLimit{5};

bool may_repeat(const HttpRequest& request) {
  if (request.method == "GET") return true;
  for (const auto& header : request.headers)
    if (header.rfind("Idempotency-Key:", 0) == 0) return true;
  return false;
}

bool wants_patience(const HttpRequest& request, const HttpAnswer& answer) {
  // A proxy's: the server may have acted.
  if (answer.status == 502 || answer.status == 504) return may_repeat(request);
  return (answer.status == 429 || answer.status == 503) && !answer.header("retry-after").empty();
}

/// The body, of an error for the most part; a null value when it is none that Runyard wrote.
json::Value body_of(const HttpAnswer& answer) {
  try {
    return json::parse(answer.body);
  } catch (const json::ParseError&) {
    return {};
  }
}

}  // namespace

json::Value json_of(const HttpAnswer& answer, const HttpClient& http) {
  try {
    return json::parse(answer.body);
  } catch (const json::ParseError& error) {
    throw Failure(http.server().url + ": its answer is not what Runyard's API gives (" +
                  error.what() + "): is the address right, the server older than this client?");
  }
}

std::chrono::seconds retry_after(const HttpAnswer& answer, std::chrono::seconds fallback) {
  const auto text = answer.header("retry-after");
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) return fallback;
  return std::chrono::seconds(seconds);
}

std::string refusal_text(const HttpAnswer& answer, const Server& server) {
  const auto problem = body_of(answer);
  std::string lines;
  for (const auto& error : array_at(problem, "errors"))
    lines += (lines.empty() ? "" : "\n") + printable(text_at(error, "field")) + ": " +
             printable(text_at(error, "message"));
  if (!lines.empty()) return lines;
  auto detail = printable(text_at(problem, "detail"));
  if (detail.empty()) detail = printable(text_at(problem, "title"));
  const auto said = detail.empty() ? std::string() : ": " + detail;
  const auto status = " (HTTP " + std::to_string(answer.status) + ")";
  if (answer.status == 401)
    return server.url + (server.key.empty() ? ": asks who you are" : ": does not take the key") +
           said + ": sign in with `runyard-cli login`, or set RUNYARD_API_KEY" + status;
  if (answer.status / 100 == 3)
    return server.url + ": sends on to " + answer.header("location") +
           ": give that address with --url" + status;
  if (answer.status == 404 && detail.empty())
    return server.url + ": is no Runyard, or one that is older than this client" + status;
  return server.url + (said.empty() ? ": refuses" : said) + status;
}

Service::Service(HttpClient& http, Rest rest, Say say)
    : http_(http), rest_(std::move(rest)), say_(std::move(say)) {}

HttpAnswer Service::ask(const HttpRequest& request) {
  int waits = 0;
  int reconnects = 0;
  for (;;) {
    try {
      unanswered_ = true;
      auto answer = http_.send_interruptibly(request);
      // Of a proxy's word (502, 504) nobody knows what it says about the server behind it.
      unanswered_ = answer.status == 502 || answer.status == 504;
      if (answer.status / 100 == 2) return answer;
      const auto pause = retry_after(answer, std::chrono::seconds(1));
      if (!wants_patience(request, answer) || waits++ == kMaxWaits || pause > kMaxWait)
        throw Failure(refusal_text(answer, http_.server()));
      say_(refusal_text(answer, http_.server()) + ": trying again in " +
           std::to_string(pause.count()) + " s");
      rest_(pause);
    } catch (const ConnectionFailed& error) {
      if (!may_repeat(request) || reconnects++ == kMaxReconnects) throw Failure(error.what());
      rest_(kReconnectPause);
    }
  }
}

json::Value Service::ask_json(const HttpRequest& request) { return json_of(ask(request), http_); }

std::string Service::submit(const std::string& body) {
  const HttpRequest request{
      "POST", kExecutionsPath, body, {"Idempotency-Key: runyard-cli-" + random_hex(16)}};
  json::Value answer;
  try {
    answer = ask_json(request);
  } catch (const Interrupted&) {
    if (unanswered_) withdraw(request);
    throw;
  }
  const auto id = text_at(answer, "execution_id");
  if (!is_uuid(id))  // it becomes a part of addresses
    throw Failure(http_.server().url + ": its answer has no id of an execution");
  return id;
}

/// Cancels what a submission without an answer may have made: its key names the same one again.
void Service::withdraw(HttpRequest submission) noexcept {
  submission.limit = kWithdrawLimit;
  try {
    const auto answer = http_.send(submission);
    const auto id = text_at(body_of(answer), "execution_id");
    if (answer.status / 100 != 2 || !is_uuid(id)) return;
    say_("cancelling " + id);
    cancel(id);
  } catch (const std::exception&) {
    // The server is away, or too slow to be waited for.
  }
}

void Service::cancel(const std::string& execution_id) noexcept {
  try {
    http_.send({"POST",
                std::string(kExecutionsPath) + "/" + execution_id + "/cancel",
                "",
                {},
                std::chrono::seconds(10)});
  } catch (const std::exception&) {
    // It ends by its own limits then; the way it goes is seen on the execution.
  }
}

}  // namespace runyard::cli
