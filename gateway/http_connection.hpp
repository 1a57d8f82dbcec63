#pragma once
// One accepted connection: HTTP/1.1 requests one after the other, until one becomes a WebSocket.
#include <boost/asio/generic/stream_protocol.hpp>
#include <functional>
#include <memory>
#include <string_view>

#include "gateway/beast_web_socket.hpp"
#include "gateway/http_exchange.hpp"

namespace runyard::gateway {

/// What connections share.
struct HttpServices {
  /// What answers a path; nullptr: 404.
  std::function<Route*(std::string_view path)> route;
  WebSocketShared web_sockets;
  /// From which hosts and pages one may call: looked at before the path.
  AccessRules access;
};

/// Bytes of a request's body at most: Engine.IO's megabyte, and room.
constexpr std::size_t kMaxHttpBody = 1'100'000;

/// Serves `socket`, which lives on a strand, until it ends. The other side is the web server: its
/// headers X-Real-IP, X-Runyard-User and X-Request-Id say who the client is, X-Runyard-Host and
/// X-Runyard-Origin what it knows of host and page. `services` outlives
/// it; `place` goes with the connection, WebSocket or not.
void serve_http(boost::asio::generic::stream_protocol::socket socket, HttpServices& services,
                std::shared_ptr<void> place);

}  // namespace runyard::gateway
