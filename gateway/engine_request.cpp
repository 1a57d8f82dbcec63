#include "gateway/engine_request.hpp"

#include <algorithm>
#include <cstdint>

#include "core/json.hpp"

namespace runyard::gateway::engine_io {
namespace {

const char* message_of(Error error) {
  switch (error) {
    case Error::kUnknownTransport:
      return "Transport unknown";
    case Error::kUnknownSid:
      return "Session ID unknown";
    case Error::kBadHandshakeMethod:
      return "Bad handshake method";
    case Error::kBadRequest:
      return "Bad request";
    case Error::kForbidden:
      return "Forbidden";
    case Error::kUnsupportedProtocol:
      return "Unsupported protocol version";
  }
  return "Bad request";
}

}  // namespace

int status_of(Error error) { return error == Error::kForbidden ? 403 : 400; }

std::string error_body(Error error) {
  json::Writer writer;
  writer.begin_object()
      .member("code", static_cast<int>(error))
      .member("message", message_of(error))
      .end_object();
  return writer.text();
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto part = text.substr(0, end);
    const auto equals = std::min(part.find('='), part.size());
    const auto name = part.substr(0, equals);
    const auto value = part.substr(std::min(equals + 1, part.size()));
    // Names and values of the protocol need no percent-encoding; what has it is none of them.
    auto* field = name == "EIO"         ? &query.protocol
                  : name == "transport" ? &query.transport
                  : name == "sid"       ? &query.sid
                                        : nullptr;
    if (field && field->empty()) *field = value;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return query;
}

std::optional<Error> check(std::string_view method, bool upgrade, const Query& query, bool known) {
  const bool web_socket = query.transport == "websocket";
  if (!web_socket && query.transport != "polling") return Error::kUnknownTransport;
  if (query.sid.empty()) {
    if (method != "GET") return Error::kBadHandshakeMethod;
    if (web_socket != upgrade) return Error::kBadRequest;
    // Of the reference server: whatever is not 4 is an older protocol.
    if (query.protocol != kProtocol) return Error::kUnsupportedProtocol;
    return std::nullopt;
  }
  if (!known) return Error::kUnknownSid;
  if (method != "GET" && (method != "POST" || upgrade)) return Error::kBadRequest;
  if (web_socket != upgrade) return Error::kBadRequest;
  return std::nullopt;
}

std::string handshake(std::string_view sid, Transport transport, const Timing& timing) {
  json::Writer writer;
  writer.begin_object().member("sid", sid).key("upgrades").begin_array();
  if (transport == Transport::kPolling) writer.string("websocket");
  writer.end_array()
      .member("pingInterval", std::int64_t{timing.ping_interval.count()})
      .member("pingTimeout", std::int64_t{timing.ping_timeout.count()})
      .member("maxPayload", static_cast<std::int64_t>(kMaxPayload))
      .end_object();
  return writer.text();
}

}  // namespace runyard::gateway::engine_io
