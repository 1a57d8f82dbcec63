#pragma once
// Where the gateway listens.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <memory>
#include <string>

#include "core/unique_fd.hpp"
#include "gateway/http_connection.hpp"

namespace runyard::gateway {

/// Opens "unix:/path" (readable and writable for user and group; a dead one at that path is
/// replaced) or "ADDRESS:PORT" of IPv4. Throws ConfigError when it cannot.
UniqueFd open_listening(const std::string& listen);

/// Accepts connections and serves HTTP on them, each on a strand of its own. Beyond `max_open` of
/// them new ones are closed at once.
class Server final {
 public:
  /// `services` outlives the io_context's run.
  Server(boost::asio::io_context& io, UniqueFd listening, HttpServices& services, int max_open);

  void start();
  /// Nothing more is accepted. Thread-safe.
  void stop();

 private:
  void wait();
  bool accept_one();

  boost::asio::io_context& io_;
  HttpServices& services_;
  const int max_open_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  boost::asio::posix::stream_descriptor listening_;  // on strand_
  boost::asio::steady_timer pause_;                  // on strand_
  /// Shared with the connections, which may outlive the server.
  const std::shared_ptr<std::atomic<int>> open_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace runyard::gateway
