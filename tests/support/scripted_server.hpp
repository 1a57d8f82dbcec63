#pragma once
// An HTTP server that answers what a test says, byte by byte as the test writes it.
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/unique_fd.hpp"

namespace runyard::test {

struct ScriptedRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// What is written, and whether the connection then stays open until the server ends.
struct ScriptedAnswer {
  // Implicitly: most answers are only their bytes.
  ScriptedAnswer(std::string text) : bytes(std::move(text)) {}
  ScriptedAnswer(std::string text, bool stay) : bytes(std::move(text)), hold(stay) {}

  std::string bytes;
  bool hold = false;
};

/// Answers one request a connection and closes it, so that an answer which announces more than it
/// has is one that broke.
class ScriptedServer final {
 public:
  /// Called by several threads, one call at a time.
  using Script = std::function<ScriptedAnswer(const ScriptedRequest&)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<ScriptedRequest> requests() const;

 private:
  void accept_all();
  void serve(UniqueFd connection);

  Script script_;
  UniqueFd listening_;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<ScriptedRequest> requests_;  // under mutex_
  std::vector<std::thread> threads_;       // of accept_all() alone
  std::thread accepting_;
};

/// A whole answer with its length. `headers`: lines, each with "\r\n".
std::string http_answer(int status, const std::string& body, const std::string& headers = "");

}  // namespace runyard::test
