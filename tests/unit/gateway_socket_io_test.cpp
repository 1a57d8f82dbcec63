#include "gateway/socket_io.hpp"
#include "tests/support/catch.hpp"

namespace io = runyard::gateway::socket_io;
using io::PacketType;

TEST_CASE("Socket.IO packets have a type, a namespace, an id and data") {
  const auto connect = io::decode("0");
  REQUIRE(connect);
  CHECK(connect->type == PacketType::kConnect);
  CHECK(connect->name_space == "/");
  CHECK(connect->data.is_null());

  const auto other = io::decode(R"(0/admin?token=1,{"token":"123"})");
  REQUIRE(other);
  CHECK(other->name_space == "/admin");
  REQUIRE(other->data.find("token"));

  const auto event = io::decode(R"(212["input",{"data":"1"}])");
  REQUIRE(event);
  CHECK(event->type == PacketType::kEvent);
  CHECK(event->ack == 12);
  REQUIRE(event->data.array());
  CHECK(*event->data.array()->front().string() == "input");

  const auto elsewhere = io::decode(R"(2/admin,456["x"])");
  REQUIRE(elsewhere);
  CHECK(elsewhere->name_space == "/admin");
  CHECK(elsewhere->ack == 456);

  const auto left = io::decode("1");
  REQUIRE(left);
  CHECK(left->type == PacketType::kDisconnect);
  const auto left_admin = io::decode("1/admin,");
  REQUIRE(left_admin);
  CHECK(left_admin->name_space == "/admin");
}

TEST_CASE("a binary Socket.IO event says how many messages follow") {
  const auto event = io::decode(R"(52-/admin,7["baz",{"_placeholder":true,"num":0}])");
  REQUIRE(event);
  CHECK(event->type == PacketType::kBinaryEvent);
  CHECK(event->attachments == 2);
  CHECK(event->name_space == "/admin");
  CHECK(event->ack == 7);
  CHECK_FALSE(io::decode(R"(511-["baz"])"));
  CHECK_FALSE(io::decode(R"(5["baz"])"));
  CHECK_FALSE(io::decode(R"(5-["baz"])"));
  CHECK_FALSE(io::decode("5"));
  CHECK_FALSE(io::decode("51"));
  CHECK_FALSE(io::decode(R"(599999999999999999999-["baz"])"));
}

TEST_CASE("what is no Socket.IO packet is told from one") {
  for (const auto* text :
       {"", "7", "abc", "2", "2{}", "2[]", R"(2[{"a":1}])", "2[\"a\"", "2[\"a\"]x", "1{}", "0[]",
        "3[1]", "31{}", "3", R"(299999999999999999999["a"])", R"(2-1["a"])",
        R"(2["a",{"b":1,"b":2}])", "4", R"(2["\ud800"])"})
    CHECK_FALSE(io::decode(text));
}

TEST_CASE("Socket.IO packets of the server are the protocol's") {
  CHECK(io::encode_event("output", R"({"data":"x"})") == R"(2["output",{"data":"x"}])");
  CHECK(io::encode_ack(12, R"({"status":"success"})") == R"(312[{"status":"success"}])");
  CHECK(io::encode_connected("abc") == R"(0{"sid":"abc"})");
  CHECK(io::encode_connect_error("/admin", "Invalid namespace") ==
        R"(4/admin,{"message":"Invalid namespace"})");
  CHECK(io::encode_connect_error("/", "no") == R"(4{"message":"no"})");
}
