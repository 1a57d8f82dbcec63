#pragma once
// A client that keeps its connection and costs next to nothing itself, so that it measures the
// server.
#include <string>
#include <string_view>

#include "core/unique_fd.hpp"
#include "tests/bench/stack.hpp"

namespace runyard::bench {

struct Reply {
  int status = 0;
  std::string body;
};

/// One connection, used by one thread. Speaks the part of HTTP/1.1 that the server uses: answers
/// with a Content-Length.
class HttpClient final {
 public:
  explicit HttpClient(const Stack& stack);

  /// Throws Failure when there is no answer. Connects anew when the server closed a kept
  /// connection.
  Reply request(std::string_view method, const std::string& path, const std::string& body = {});

 private:
  void connect();
  bool send_all(std::string_view bytes);
  bool read_more(std::string& into);

  std::string host_;
  std::string port_;
  UniqueFd socket_;
};

}  // namespace runyard::bench
