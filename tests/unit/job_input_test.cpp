#include "worker/job_input.hpp"

#include <poll.h>

#include "tests/support/catch.hpp"

using namespace runyard;
using protocol::FrameType;

namespace {

/// The frames that may leave now, as "type:payload".
std::vector<std::pair<FrameType, std::string>> frames_of(JobInput& input) {
  std::string bytes;
  input.put_frames(bytes, 7);
  std::vector<std::pair<FrameType, std::string>> frames;
  protocol::FrameParser parser;
  parser.feed(bytes, [&](const protocol::Frame& frame) {
    CHECK(frame.job == 7);
    frames.emplace_back(frame.type, std::string(frame.payload));
  });
  return frames;
}

std::string typed(JobInput& input) {
  std::string text;
  for (const auto& [type, payload] : frames_of(input))
    if (type == FrameType::kStdin) text += payload;
  return text;
}

bool readable(const JobInput& input) {
  pollfd fd{input.fd(), POLLIN, 0};
  return ::poll(&fd, 1, 0) == 1;
}

LiveInput stdin_of(std::int64_t id, const std::string& text) {
  return {id, LiveInputKind::kStdin, text};
}

}  // namespace

TEST_CASE("input is given on in order, what is known at the start first") {
  JobInput input("zero ", false);
  CHECK(input.untouched());
  input.add(stdin_of(3, "one "));
  input.add(stdin_of(5, "two"));
  CHECK(typed(input) == "zero one two");
  CHECK_FALSE(input.untouched());
  CHECK(typed(input).empty());
  CHECK(input.last_id() == 5);
}

TEST_CASE("who waits for input is woken") {
  JobInput input("", false);
  CHECK_FALSE(readable(input));
  input.add(stdin_of(1, "x"));
  CHECK(readable(input));
  input.acknowledge();
  CHECK_FALSE(readable(input));
}

TEST_CASE("a piece that is read twice is given on once") {
  JobInput input("", false);
  input.add(stdin_of(2, "a"));
  input.add(stdin_of(2, "a"));
  input.add(stdin_of(1, "old"));
  CHECK(typed(input) == "a");
}

TEST_CASE("at most 64 KiB are outstanding, and what is taken makes room") {
  JobInput input("", false);
  for (int id = 1; id <= 16; ++id) input.add(stdin_of(id, std::string(kMaxLivePiece, 'x')));
  CHECK(typed(input).size() == protocol::kMaxOutstandingInput);
  CHECK(typed(input).empty());
  CHECK(input.sent() == protocol::kMaxOutstandingInput);
  input.taken(1000);
  CHECK(typed(input).size() == 1000);
  input.taken(protocol::kMaxOutstandingInput);
  CHECK(typed(input).size() == protocol::kMaxOutstandingInput - 1000);
}

TEST_CASE("only what was taken may be forgotten") {
  JobInput input("first", false);
  int told = 0;
  input.on_taken([&] { ++told; });
  CHECK(input.done_id() == 0);
  input.add(stdin_of(4, "abc"));
  input.add(stdin_of(6, "def"));
  input.add({8, LiveInputKind::kSignal, "SIGINT"});
  CHECK(input.done_id() == 3);
  typed(input);
  CHECK(input.done_id() == 3);
  input.taken(5);
  CHECK(input.done_id() == 3);
  input.taken(8);
  CHECK(input.done_id() == 5);
  input.taken(11);
  CHECK(input.done_id() == 8);
  CHECK(told == 3);
}

TEST_CASE("signals and sizes overtake bytes that wait, the last size alone counts") {
  JobInput input(std::string(100'000, 'x'), true);
  typed(input);
  input.add({1, LiveInputKind::kResize, "100x30"});
  input.add({2, LiveInputKind::kSignal, "SIGTERM"});
  input.add({3, LiveInputKind::kResize, "120x40"});
  const auto frames = frames_of(input);
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].first == FrameType::kResize);
  CHECK(frames[0].second == std::string("\x78\0\x28\0", 4));
  CHECK(frames[1].first == FrameType::kSignal);
  CHECK(frames[1].second == "\x0f");
  CHECK(frames_of(input).empty());
}

TEST_CASE("the end comes behind all bytes, once, and nothing comes behind it") {
  JobInput input(std::string(protocol::kMaxOutstandingInput, 'x'), false);
  input.add(stdin_of(1, "y"));
  input.add({2, LiveInputKind::kEof, ""});
  input.add(stdin_of(3, "too late"));
  input.add({4, LiveInputKind::kEof, ""});
  CHECK(frames_of(input).back().first == FrameType::kStdin);
  input.taken(1);
  const auto rest = frames_of(input);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0].second == "y");
  CHECK(rest[1].first == FrameType::kStdinEof);
  CHECK(frames_of(input).empty());
  input.taken(protocol::kMaxOutstandingInput + 1);
  CHECK(input.done_id() == 4);
}

TEST_CASE("what is no input is forgotten: it would end the sandbox") {
  JobInput input("", false);
  std::int64_t id = 0;
  for (const char* size : {"80x24"})  // there is no terminal
    input.add({++id, LiveInputKind::kResize, size});
  for (const char* name : {"", "SIGSEGV", "SIGNONE", "2", "sigint"})
    input.add({++id, LiveInputKind::kSignal, name});
  input.add(stdin_of(++id, ""));
  CHECK(frames_of(input).empty());
  CHECK(input.done_id() == id);

  for (const char* size : {"", "x", "80", "0x24", "80x0", "1001x24", "80x24x", "80x24 ", "-1x5",
                           "80,24", "99999999999999999999x1"})
    CHECK_FALSE(tty_size_from(size));
  CHECK(tty_size_from("1000x1")->cols == 1000);
  CHECK(signal_from("SIGINT") == 2);
}

TEST_CASE("signals are bounded") {
  JobInput input("", false);
  for (int id = 1; id <= 1000; ++id) input.add({id, LiveInputKind::kSignal, "SIGINT"});
  CHECK(frames_of(input).size() == 64);
}
