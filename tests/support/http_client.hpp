#pragma once
// A small HTTP client (libcurl) and what the end-to-end tests ask the API with it.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace runyard::test {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  /// "" when there is none.
  std::string header(const std::string& name) const;
  /// The body as JSON; throws json::ParseError.
  json::Value json() const;
};

/// Keeps its connection from request to request. Not for several threads at once.
class HttpClient final {
 public:
  using Headers = std::vector<std::string>;  ///< "Name: value"

  /// `local_address` makes the server see another client: any of 127.0.0.0/8 reaches a loopback
  /// server.
  explicit HttpClient(std::string base_url, std::string local_address = "");
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Throws std::runtime_error when no answer comes within 90 s. A body is sent with its length, or
  /// in chunks when `headers` holds "Transfer-Encoding: chunked".
  HttpAnswer send(const std::string& method, const std::string& path, const std::string& body = "",
                  const Headers& headers = {});
  HttpAnswer get(const std::string& path, const Headers& headers = {}) {
    return send("GET", path, "", headers);
  }
  /// With Content-Type: application/json.
  HttpAnswer post(const std::string& path, const std::string& json, Headers headers = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The stack under test: RUNYARD_TEST_URL; throws when it is not set, so that no test passes by not
/// running.
std::string test_url();

constexpr char kExecutions[] = "/api/v1/executions";

/// The text of a member of a JSON object; "" when it is absent or no text.
std::string text_at(const json::Value& object, const std::string& name);

/// {"language": .., "code": ..} with more members, each written as `"name": value`.
std::string submission(const std::string& language, const std::string& code,
                       const std::string& more = "");

/// Submits, waits for the end (long polls, at most two minutes) and gives the execution.
json::Value run_to_end(HttpClient& client, const std::string& submission);

/// Waits likewise for one that was submitted.
json::Value wait_for_end(HttpClient& client, const std::string& execution_id);

}  // namespace runyard::test
