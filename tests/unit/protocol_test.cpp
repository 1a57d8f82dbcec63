#include "agent/protocol.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace runyard::protocol;

namespace {

struct Seen {
  FrameType type;
  std::uint8_t flags;
  std::uint16_t step;
  std::uint32_t job;
  std::string payload;
};

std::vector<Seen> parse(std::string_view bytes, std::size_t piece) {
  FrameParser parser;
  std::vector<Seen> out;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    parser.feed(part, [&out](const Frame& frame) {
      out.push_back({frame.type, frame.flags, frame.step, frame.job, std::string(frame.payload)});
    });
  }
  CHECK(parser.at_boundary());
  return out;
}

}  // namespace

TEST_CASE("Frames survive being cut anywhere") {
  std::string bytes;
  append_frame(bytes, FrameType::kStdout, 7, "hello", 3, kMore);
  append_frame(bytes, FrameType::kCancel, 0x01020304);
  append_frame(bytes, FrameType::kBlob, 7, std::string(kMaxPayload, 'x'));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{11}, std::size_t{12}, std::size_t{13},
                                  std::size_t{4096}, bytes.size()}) {
    const auto seen = parse(bytes, piece);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].type == FrameType::kStdout);
    CHECK(seen[0].payload == "hello");
    CHECK(seen[0].step == 3);
    CHECK(seen[0].flags == kMore);
    CHECK(seen[1].job == 0x01020304);
    CHECK(seen[1].payload.empty());
    CHECK(seen[2].payload.size() == kMaxPayload);
  }
}

TEST_CASE("A frame's header is little-endian and 12 bytes long") {
  std::string bytes;
  append_frame(bytes, FrameType::kStderr, 0x0a0b0c0d, "ab", 0x0102, 1);
  CHECK(bytes == std::string("\x02\0\0\0\x44\x01\x02\x01\x0d\x0c\x0b\x0a"
                             "ab",
                             14));
}

TEST_CASE("Long bytes become several frames, all but the last marked") {
  std::string bytes;
  append_frames(bytes, FrameType::kJob, 1, std::string(kMaxPayload + 1, 'j'), 0, true);
  const auto seen = parse(bytes, bytes.size());
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].flags == kMore);
  CHECK(seen[1].flags == 0);
  CHECK(seen[1].payload == "j");

  bytes.clear();
  append_frames(bytes, FrameType::kJob, 1, "");
  CHECK(parse(bytes, 5).size() == 1);
}

TEST_CASE("What is no frame is refused before its bytes are waited for") {
  const auto refuse = [](std::string bytes) {
    FrameParser parser;
    CHECK_THROWS_AS(parser.feed(bytes, [](const Frame&) {}), ProtocolError);
  };
  refuse(std::string("\xff\xff\xff\xff\x01\0\0\0\0\0\0\0", 12));
  refuse(std::string("\xf5\xff\0\0\x01\0\0\0\0\0\0\0", 12));  // one byte over the limit
  for (const int type : {0, 9, 64, 76, 255})
    refuse(std::string("\0\0\0\0", 4) + static_cast<char>(type) + std::string(7, '\0'));
  std::string out;
  CHECK_THROWS_AS(append_frame(out, FrameType::kBlob, 1, std::string(kMaxPayload + 1, 'x')),
                  std::length_error);
}

TEST_CASE("STEP_ENDED is decoded as it was encoded") {
  StepEnded ended;
  ended.exit_code = -1;
  ended.signal = 9;
  ended.limit = Limit::kStderr;
  ended.stderr_truncated = true;
  ended.error_number = 2;
  ended.wall_us = 0x1122334455667788;
  ended.cpu_us = 5;
  ended.peak_bytes = UINT64_MAX;
  const auto bytes = encode(ended);
  REQUIRE(bytes.size() == StepEnded::kSize);
  const auto back = decode_step_ended(bytes);
  CHECK(back.exit_code == -1);
  CHECK(back.signal == 9);
  CHECK(back.limit == Limit::kStderr);
  CHECK(!back.stdout_truncated);
  CHECK(back.stderr_truncated);
  CHECK(back.error_number == 2);
  CHECK(back.wall_us == ended.wall_us);
  CHECK(back.cpu_us == 5);
  CHECK(back.peak_bytes == UINT64_MAX);

  CHECK_THROWS_AS(decode_step_ended(bytes.substr(1)), ProtocolError);
  auto unknown = bytes;
  unknown[8] = 10;
  CHECK_THROWS_AS(decode_step_ended(unknown), ProtocolError);
}
