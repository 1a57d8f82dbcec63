#pragma once
// Requests to the API in the name of a client, over the API's own socket or port.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/answer_size.hpp"
#include "gateway/api_address.hpp"
#include "gateway/caller.hpp"
#include "gateway/fcgi_codec.hpp"

namespace runyard::gateway {

struct ApiRequest {
  std::string method = "GET";
  std::string target;  ///< path and query
  std::string body;    ///< JSON, or empty
  // FastCGI parameters that nobody else can set. Empty: none.
  std::string live;          ///< RUNYARD_LIVE
  std::string execution_id;  ///< RUNYARD_EXECUTION_ID: what is submitted gets this id
  Caller caller;
};

/// What the API is sent with a request: the same as nginx/fastcgi.inc sends. Pure.
FcgiParams api_params(const ApiRequest& request);

/// Thread-safe. At most so many requests are under way, and of one address; others wait for their
/// turn, which goes round the addresses. This machine's own addresses are not counted apart.
class ApiClient final {
 public:
  struct Options {
    ApiAddress address;
    std::chrono::milliseconds timeout{30'000};  ///< of one request, with its wait for a turn
    /// The largest that the API gives, and its headers.
    std::size_t max_answer_bytes = kMaxAnswerBytes + (64u << 10);
    int max_under_way = 32;
    int max_of_address = 4;
    /// Of all requests that wait or are under way: also of those whose client is gone.
    std::size_t max_request_bytes = 64u << 20;
  };
  /// nullopt: the API cannot be reached, was too slow, or answered what is no answer.
  using Done = std::function<void(std::optional<CgiAnswer>)>;

  ApiClient(boost::asio::io_context& io, Options options) : io_(io), options_(std::move(options)) {}

  /// `done` is called on `executor`, once. False, and no call: too much waits already, nothing was
  /// sent.
  [[nodiscard]] bool call(const ApiRequest& request, boost::asio::any_io_executor executor,
                          Done done);

 private:
  class Exchange;
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    std::string bytes;
    std::string network;  ///< whose turn it takes; empty: this machine's
    Clock::time_point deadline;
    boost::asio::any_io_executor executor;
    Done done;
  };
  struct Network {
    int under_way = 0;
    std::deque<Waiting> waiting;
  };
  void begin_all();
  bool take_next(Waiting& next);
  void ended(const std::string& network, std::size_t bytes);

  boost::asio::io_context& io_;
  const Options options_;
  std::mutex mutex_;
  // All under mutex_.
  int under_way_ = 0;
  std::size_t bytes_ = 0;                    ///< of all that wait or are under way
  std::map<std::string, Network> networks_;  ///< those with any of them
  std::string last_;                         ///< who had the last turn
};

}  // namespace runyard::gateway
