#include "tests/support/live_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <stdexcept>
#include <vector>

namespace runyard::test {
namespace {

namespace beast = boost::beast;
namespace asio = boost::asio;
using asio::ip::tcp;
using AnyStream = asio::generic::stream_protocol;

std::vector<AnyStream::endpoint> endpoints_of(asio::io_context& io, const std::string& address) {
  if (address.front() == '/') return {asio::local::stream_protocol::endpoint(address)};
  const auto colon = address.rfind(':');
  std::vector<AnyStream::endpoint> found;
  for (const auto& one :
       tcp::resolver(io).resolve(address.substr(0, colon), address.substr(colon + 1)))
    found.emplace_back(one.endpoint());
  return found;
}

}  // namespace

/// Synchronous calls of Beast know no time limit, so each is an asynchronous one that is waited
/// for.
struct LiveClient::Connection {
  asio::io_context io;
  beast::websocket::stream<beast::basic_stream<AnyStream>> socket{io};
  beast::flat_buffer buffer;

  template <typename Begin>
  void wait_for(const char* what, Begin begin) {
    beast::error_code error = asio::error::would_block;
    beast::get_lowest_layer(socket).expires_after(std::chrono::seconds(30));
    begin([&](beast::error_code result, auto&&...) { error = result; });
    io.restart();
    io.run();
    if (error)
      throw std::runtime_error(std::string("live connection: ") + what + ": " + error.message());
  }
};

LiveClient::LiveClient(const std::string& address, const std::string& client)
    : connection_(std::make_unique<Connection>()) {
  auto& c = *connection_;
  const auto endpoints = endpoints_of(c.io, address);
  c.wait_for("connect", [&](auto done) {
    beast::get_lowest_layer(c.socket).async_connect(endpoints, std::move(done));
  });
  beast::error_code ignored;  // a unix socket has no such option
  beast::get_lowest_layer(c.socket).socket().set_option(tcp::no_delay(true), ignored);
  if (!client.empty())
    c.socket.set_option(beast::websocket::stream_base::decorator(
        [client](beast::websocket::request_type& request) { request.set("X-Real-IP", client); }));
  c.wait_for("upgrade", [&](auto done) {
    c.socket.async_handshake(address.front() == '/' ? "localhost" : address, "/api/v1/live",
                             std::move(done));
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

}  // namespace runyard::test
