#include "tests/bench/live_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>

namespace runyard::bench {
namespace {
namespace beast = boost::beast;
namespace asio = boost::asio;
using asio::ip::tcp;
}  // namespace

/// Synchronous calls of Beast know no time limit, so each is an asynchronous one that is waited
/// for.
struct LiveClient::Connection {
  asio::io_context io;
  beast::websocket::stream<beast::tcp_stream> socket{io};
  beast::flat_buffer buffer;

  template <typename Begin>
  void wait_for(const char* what, Begin begin) {
    beast::error_code error = asio::error::would_block;
    beast::get_lowest_layer(socket).expires_after(std::chrono::seconds(30));
    begin([&](beast::error_code result, auto&&...) { error = result; });
    io.restart();
    io.run();
    if (error) throw Failure(std::string("live connection: ") + what + ": " + error.message());
  }
};

LiveClient::LiveClient(const Stack& stack) : connection_(std::make_unique<Connection>()) {
  auto& c = *connection_;
  const auto addresses = tcp::resolver(c.io).resolve(stack.host, stack.port);
  c.wait_for("connect", [&](auto done) {
    beast::get_lowest_layer(c.socket).async_connect(addresses, std::move(done));
  });
  beast::get_lowest_layer(c.socket).socket().set_option(tcp::no_delay(true));
  c.wait_for("upgrade", [&](auto done) {
    c.socket.async_handshake(stack.host + ":" + stack.port, "/api/v1/live", std::move(done));
  });
  c.socket.text(true);
}

LiveClient::~LiveClient() = default;

void LiveClient::send(const std::string& message) {
  auto& c = *connection_;
  c.wait_for("send",
             [&](auto done) { c.socket.async_write(asio::buffer(message), std::move(done)); });
}

json::Value LiveClient::receive() {
  auto& c = *connection_;
  c.buffer.clear();
  c.wait_for("receive", [&](auto done) { c.socket.async_read(c.buffer, std::move(done)); });
  return json::parse(beast::buffers_to_string(c.buffer.data()));
}

}  // namespace runyard::bench
