#include "gateway/engine_io.hpp"
#include "gateway/engine_request.hpp"
#include "tests/support/catch.hpp"

namespace io = runyard::gateway::engine_io;
using io::PacketType;

TEST_CASE("Engine.IO packets are a digit and their data") {
  CHECK(io::encode(io::message("hällo")) == "4hällo");
  CHECK(io::encode({PacketType::kNoop, "", false}) == "6");
  CHECK(io::encode({PacketType::kMessage, std::string("\x01\x02\x03\x04", 4), true}) ==
        "bAQIDBA==");
  const auto packet = io::decode("2probe");
  REQUIRE(packet);
  CHECK(packet->type == PacketType::kPing);
  CHECK(packet->data == "probe");
  const auto binary = io::decode("bAQIDBA==");
  REQUIRE(binary);
  CHECK(binary->binary);
  CHECK(binary->data == std::string("\x01\x02\x03\x04", 4));
}

TEST_CASE("what is no Engine.IO packet is told from one") {
  for (const auto* text : {"", "7", "abc", "-1", "b*", "bAQ", "4\xff", " 4", "b\x1e"})
    CHECK_FALSE(io::decode(text));
}

TEST_CASE("an Engine.IO payload is packets between separators") {
  const auto packets = io::decode_payload(
      "4one\x1e"
      "3\x1e"
      "bAQ==");
  REQUIRE(packets);
  REQUIRE(packets->size() == 3);
  CHECK((*packets)[0].data == "one");
  CHECK((*packets)[1].type == PacketType::kPong);
  CHECK((*packets)[2].data == "\x01");
  for (const auto* body : {"", "abc", "4a\x1e", "\x1e",
                           "4a\x1e\x1e"
                           "4b"})
    CHECK_FALSE(io::decode_payload(body));
}

TEST_CASE("an Engine.IO payload holds a bounded number of packets") {
  std::string body = "4";
  for (std::size_t i = 1; i < io::kMaxPackets; ++i)
    body +=
        "\x1e"
        "4";
  CHECK(io::decode_payload(body));
  CHECK_FALSE(io::decode_payload(body + "\x1e"
                                        "4"));
}

TEST_CASE("the parameters of Engine.IO are read from the query") {
  const auto query = io::parse_query("EIO=4&transport=polling&t=abc&sid=xyz&EIO=3");
  CHECK(query.protocol == "4");
  CHECK(query.transport == "polling");
  CHECK(query.sid == "xyz");
  CHECK(io::parse_query("").transport.empty());
  CHECK(io::parse_query("&=&sid&EIO=").sid.empty());
}

TEST_CASE("wrong Engine.IO requests have the reference server's errors") {
  using io::Error;
  const io::Query fresh{"4", "polling", ""};
  const io::Query socket{"4", "websocket", ""};
  const io::Query known{"4", "polling", "x"};
  CHECK_FALSE(io::check("GET", false, fresh, false));
  CHECK_FALSE(io::check("GET", true, socket, false));
  CHECK(io::check("GET", false, {"4", "", ""}, false) == Error::kUnknownTransport);
  CHECK(io::check("GET", false, {"4", "polling2", "x"}, true) == Error::kUnknownTransport);
  CHECK(io::check("GET", false, known, false) == Error::kUnknownSid);
  CHECK(io::check("POST", false, fresh, false) == Error::kBadHandshakeMethod);
  CHECK(io::check("GET", false, socket, false) == Error::kBadRequest);
  CHECK(io::check("GET", true, fresh, false) == Error::kBadRequest);
  CHECK(io::check("GET", false, {"3", "polling", ""}, false) == Error::kUnsupportedProtocol);
  CHECK(io::check("GET", false, {"", "polling", ""}, false) == Error::kUnsupportedProtocol);
  CHECK_FALSE(io::check("GET", false, known, true));
  CHECK_FALSE(io::check("POST", false, known, true));
  CHECK_FALSE(io::check("GET", true, {"4", "websocket", "x"}, true));
  CHECK(io::check("PUT", false, known, true) == Error::kBadRequest);
  CHECK(io::check("GET", true, known, true) == Error::kBadRequest);
  CHECK(io::check("POST", true, {"4", "websocket", "x"}, true) == Error::kBadRequest);
}

TEST_CASE("Engine.IO errors are a code and a message") {
  CHECK(io::error_body(io::Error::kUnknownSid) == R"({"code":1,"message":"Session ID unknown"})");
  CHECK(io::status_of(io::Error::kUnknownSid) == 400);
  CHECK(io::error_body(io::Error::kUnsupportedProtocol) ==
        R"({"code":5,"message":"Unsupported protocol version"})");
  CHECK(io::status_of(io::Error::kForbidden) == 403);
}

TEST_CASE("the Engine.IO handshake offers WebSocket to a client that polls") {
  CHECK(io::handshake("abc", io::Transport::kPolling, {}) ==
        R"({"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,)"
        R"("maxPayload":1000000})");
  CHECK(io::handshake("abc", io::Transport::kWebSocket, {}) ==
        R"({"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":20000,)"
        R"("maxPayload":1000000})");
}
