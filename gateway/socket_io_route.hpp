#pragma once
// /socket.io/ over HTTP: which requests open a session, which belong to one, and who may.
#include <memory>

#include "gateway/http_exchange.hpp"
#include "gateway/live_context.hpp"

namespace runyard::gateway {

/// Answers at /socket.io/. `context` outlives it.
std::shared_ptr<Route> make_socket_io_route(const LiveContext& context);

}  // namespace runyard::gateway
