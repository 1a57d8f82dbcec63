#pragma once
// A small FastCGI client, for what no web server would send.
#include <map>
#include <string>
#include <vector>

#include "core/unique_fd.hpp"

namespace runyard::test {

/// One connection with one request (FastCGI specification 1.0). Each function throws
/// std::system_error.
class FcgiClient final {
 public:
  /// Connects to a unix socket.
  explicit FcgiClient(const std::string& socket_path);

  void begin(const std::map<std::string, std::string>& params);
  /// A part of the body; the empty part ends it.
  void body(const std::string& part);
  /// The next bytes of FCGI_STDOUT; none at the end of the request or of the connection.
  std::string part();
  /// Whether the request was ended, rather than the connection alone.
  bool ended() const { return ended_; }
  /// Everything of FCGI_STDOUT up to the end of the request or of the connection.
  std::string answer();
  /// Hangs up.
  void close() { fd_.reset(); }

 private:
  void send_record(unsigned char type, const std::string& content);

  UniqueFd fd_;
  bool ended_ = false;
};

/// A listening unix socket at that path, with room for many connections.
UniqueFd listen_on(const std::string& socket_path);

}  // namespace runyard::test
