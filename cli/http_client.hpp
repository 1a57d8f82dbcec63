#pragma once
// Requests to one server; its .cpp is the only file that knows libcurl.
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace runyard::cli {

class Interrupts;

/// No answer came, or not all of it: the server may or may not have acted. what() names the server
/// and why.
class ConnectionFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A signal came while the request was under way (see Interrupts).
class Interrupted : public std::exception {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  int signal() const { return signal_; }

 private:
  int signal_;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;                       ///< with its query, behind the server's address
  std::string body = {};                  ///< JSON
  std::vector<std::string> headers = {};  ///< "Name: value"
  /// From the beginning to the end of a whole answer.
  std::chrono::seconds limit{90};
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  /// "" when there is none.
  std::string header(const std::string& name) const;
};

/// Where requests go and who makes them.
struct Server {
  std::string url;      ///< http or https, without a slash at its end
  std::string key;      ///< an API key or a token; empty: nobody
  std::string ca_file;  ///< certificates to trust instead of the system's; empty: those
};

/// Keeps its connection from request to request. The key goes to the server's address alone:
/// redirections are answers like others, and a proxy is only used where it sees nothing (https).
/// Not for several threads at once.
class HttpClient final {
 public:
  /// `interrupts` ends requests by Interrupted; may be null.
  explicit HttpClient(Server server, Interrupts* interrupts = nullptr);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  const Server& server() const;
  /// From here on somebody else asks.
  void set_key(const std::string& key);

  /// A whole answer of at most 256 MiB. Throws ConnectionFailed, Failure for a certificate that is
  /// not trusted.
  HttpAnswer send(const HttpRequest& request);
  /// The same, but ended by a signal.
  HttpAnswer send_interruptibly(const HttpRequest& request);
  /// The same for an answer without a known end: the body of a 200 goes to `take` as it comes; a
  /// stream without a byte for 60 s is broken. Returns when the server ends it, with an empty body.
  HttpAnswer stream(const HttpRequest& request, const std::function<void(std::string_view)>& take);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runyard::cli
