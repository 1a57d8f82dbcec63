#pragma once
// Requests to the API in the name of a client, over the API's own socket.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/caller.hpp"
#include "gateway/fcgi_codec.hpp"

namespace runyard::gateway {

struct ApiRequest {
  std::string method = "GET";
  std::string target;  ///< path and query
  std::string body;    ///< JSON, or empty
  std::string live;    ///< FastCGI parameter RUNYARD_LIVE; empty: none
  Caller caller;
};

/// What the API is sent with a request: the same as nginx/fastcgi.inc sends. Pure.
FcgiParams api_params(const ApiRequest& request);

/// Thread-safe. At most so many requests are under way; others wait for their turn.
class ApiClient final {
 public:
  struct Options {
    std::string socket_path;
    std::chrono::milliseconds timeout{30'000};  ///< of one request, without its wait for a turn
    std::size_t max_answer_bytes = 32u << 20;   ///< as Nginx takes
    int max_under_way = 32;
  };
  /// nullopt: the API cannot be reached, was too slow, or answered what is no answer.
  using Done = std::function<void(std::optional<CgiAnswer>)>;

  ApiClient(boost::asio::io_context& io, Options options) : io_(io), options_(std::move(options)) {}

  /// `done` is called on `executor`, once.
  void call(const ApiRequest& request, boost::asio::any_io_executor executor, Done done);

 private:
  class Exchange;
  struct Waiting {
    std::string bytes;
    boost::asio::any_io_executor executor;
    Done done;
  };
  void begin(Waiting waiting);
  void ended();

  boost::asio::io_context& io_;
  const Options options_;
  std::mutex mutex_;
  int under_way_ = 0;            // under mutex_
  std::deque<Waiting> waiting_;  // under mutex_
};

}  // namespace runyard::gateway
