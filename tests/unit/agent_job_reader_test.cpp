#include <string>

#include "agent/job_reader.hpp"
#include "tests/support/catch.hpp"

using namespace runyard::agent;
using runyard::protocol::append_frame;
using runyard::protocol::append_frames;
using runyard::protocol::FrameType;
using runyard::protocol::ProtocolError;

namespace {

std::string frame(FrameType type, std::uint32_t job = 0, std::string_view payload = {}) {
  std::string out;
  append_frame(out, type, job, payload);
  return out;
}

std::string hello(std::uint32_t uid = 20000) {
  std::string payload(16, 'n');
  runyard::protocol::detail::put(payload, uid);
  return frame(FrameType::kHello, 0, payload);
}

std::string json(bool interactive = false, std::size_t stdin_size = 0, bool tty = false) {
  return R"({"files":[{"name":"a","size":3,"mode":438}],"steps":[{"kind":"run","argv":["a"],"env":[],"wall_ms":1,)"
         R"("cpu_ms":0,"output_bytes":1,"file_bytes":1,"processes":1,"address_space_bytes":0,"interactive":)" +
         std::string(interactive ? "true" : "false") +
         ",\"stdin_size\":" + std::to_string(stdin_size) + "}]" +
         (tty ? R"(,"tty":{"cols":1,"rows":1})" : "") + "}";
}

/// A reader that has been greeted and runs job 1.
JobReader running(bool interactive = false, bool tty = false) {
  JobReader reader;
  reader.feed(hello() + frame(FrameType::kJob, 1, json(interactive, 0, tty)) +
              frame(FrameType::kBlob, 1, "abc"));
  REQUIRE(reader.take_job());
  return reader;
}

}  // namespace

TEST_CASE("What is too large to be held is read to its end and told") {
  JobReader reader;
  reader.hold_at_most(100'000);
  reader.feed(hello() + frame(FrameType::kJob, 1, json(false, 200'000)));
  CHECK(!reader.take_job());
  std::string bytes;
  append_frames(bytes, FrameType::kBlob, 1, std::string(200'002, 'x'));
  reader.feed(bytes);
  CHECK(!reader.take_job());
  reader.feed(frame(FrameType::kBlob, 1, "x"));
  const auto job = reader.take_job();
  REQUIRE(job);
  CHECK(job->too_large);
  CHECK(job->blob.size() == 0);
  reader.finish();
  reader.feed(frame(FrameType::kJob, 2, json()) + frame(FrameType::kBlob, 2, "abc"));
  const auto next = reader.take_job();
  REQUIRE(next);
  CHECK_FALSE(next->too_large);
  CHECK(next->blob.view() == "abc");
}

TEST_CASE("HELLO comes first and once") {
  JobReader reader;
  CHECK(!reader.take_hello());
  reader.feed(hello(30064));
  const auto got = reader.take_hello();
  REQUIRE(got);
  CHECK(got->first_uid == 30064);
  CHECK(got->nonce == std::string(16, 'n'));
  CHECK(!reader.take_hello());
  CHECK_THROWS_AS(reader.feed(hello()), ProtocolError);

  JobReader early;
  CHECK_THROWS_AS(early.feed(frame(FrameType::kJob, 1, json())), ProtocolError);
  JobReader live;
  CHECK_THROWS_AS(live.feed(frame(FrameType::kCancel, 1)), ProtocolError);
}

TEST_CASE("Jobs never run as a uid of the host's people") {
  for (const std::uint32_t uid : {0u, 1000u, 9999u, 0x7fffffffu, 0xffffffffu}) {
    JobReader reader;
    CHECK_THROWS_AS(reader.feed(hello(uid)), ProtocolError);
  }
}

TEST_CASE("A job is there when its last byte is") {
  JobReader reader;
  std::string job;
  append_frame(job, FrameType::kJob, 5, json(false, 2).substr(0, 20), 0, runyard::protocol::kMore);
  append_frame(job, FrameType::kJob, 5, json(false, 2).substr(20));
  reader.feed(hello() + job + frame(FrameType::kBlob, 5, "abcd"));
  CHECK(!reader.take_job());
  reader.feed(frame(FrameType::kBlob, 5, "e"));
  const auto got = reader.take_job();
  REQUIRE(got);
  CHECK(got->id == 5);
  CHECK(got->blob.view() == "abcde");
  CHECK(got->stdin_bytes(0) == "de");
  CHECK(!reader.take_job());
}

TEST_CASE("Frames of a job that do not fit end the session") {
  const auto refuse = [](const std::string& bytes) {
    JobReader reader;
    reader.feed(hello());
    CHECK_THROWS_AS(reader.feed(bytes), ProtocolError);
  };
  const auto job = frame(FrameType::kJob, 1, json());
  refuse(frame(FrameType::kBlob, 1, "a"));
  refuse(job + frame(FrameType::kBlob, 1, "abcd"));
  refuse(job + frame(FrameType::kBlob, 2, "abc"));
  refuse(job + job);
  refuse(frame(FrameType::kJob, 0, json()));
  refuse(job + frame(FrameType::kCancel, 1));
  refuse(frame(FrameType::kReady));
  refuse(frame(FrameType::kStdin, 1, "x"));
  std::string endless;
  for (int i = 0; i < 80; ++i)
    append_frame(endless, FrameType::kJob, 1, std::string(60'000, ' '), 0,
                 runyard::protocol::kMore);
  refuse(endless);
}

TEST_CASE("Job ids only grow, and late frames of an ended job are dropped") {
  auto reader = running(true);
  reader.finish();
  reader.feed(frame(FrameType::kStdin, 1, "late") + frame(FrameType::kCancel, 1));
  CHECK(reader.live().stdin_bytes.empty());
  CHECK(!reader.live().cancel);
  CHECK_THROWS_AS(reader.feed(frame(FrameType::kJob, 1, json())), ProtocolError);
}

TEST_CASE("Live input is kept until it is used") {
  auto reader = running(true, true);
  reader.feed(frame(FrameType::kStdin, 1, "ab") + frame(FrameType::kStdin, 1, "c") +
              frame(FrameType::kResize, 1, std::string("\x50\0\x18\0", 4)) +
              frame(FrameType::kSignal, 1, "\x02") + frame(FrameType::kStdinEof, 1) +
              frame(FrameType::kCancel, 1));
  CHECK(reader.live().stdin_bytes == "abc");
  CHECK(reader.live().stdin_eof);
  CHECK(reader.live().cancel);
  REQUIRE(reader.live().resize);
  CHECK(reader.live().resize->cols == 80);
  CHECK(reader.live().resize->rows == 24);
  CHECK(reader.live().signals == std::vector<int>{2});
  CHECK_THROWS_AS(reader.feed(frame(FrameType::kStdin, 1, "more")), ProtocolError);
}

TEST_CASE("Live input that the job did not ask for ends the session") {
  CHECK_THROWS_AS(running().feed(frame(FrameType::kStdin, 1, "x")), ProtocolError);
  CHECK_THROWS_AS(running().feed(frame(FrameType::kStdinEof, 1)), ProtocolError);
  CHECK_THROWS_AS(running(true).feed(frame(FrameType::kResize, 1, "\1\1\1\1")), ProtocolError);
  CHECK_THROWS_AS(running(true, true).feed(frame(FrameType::kResize, 1, std::string(4, '\0'))),
                  ProtocolError);
  CHECK_THROWS_AS(running(true, true).feed(frame(FrameType::kResize, 1, "\1\1\1\4")),
                  ProtocolError);
  CHECK_THROWS_AS(running(true).feed(frame(FrameType::kSignal, 1, "\x20")), ProtocolError);
  CHECK_THROWS_AS(running(true).feed(frame(FrameType::kSignal, 1)), ProtocolError);
  CHECK_THROWS_AS(running().feed(frame(FrameType::kCancel, 2)), ProtocolError);
}

TEST_CASE("A job that does not read its input holds up its sender") {
  auto reader = running(true);
  CHECK(!reader.full());
  for (int i = 0; i < 5; ++i) reader.feed(frame(FrameType::kStdin, 1, std::string(60'000, 'x')));
  CHECK(reader.full());
  reader.live().stdin_bytes.clear();
  CHECK(!reader.full());
}
