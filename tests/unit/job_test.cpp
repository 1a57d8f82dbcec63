#include "worker/job.hpp"

#include <signal.h>

#include "core/execution.hpp"
#include "core/json.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using protocol::FrameType;
using protocol::Limit;
using protocol::ProtocolError;

namespace {

constexpr std::uint32_t kJob = 7;

Job job_of(int steps) {
  Job job;
  job.files = {{"a", "AA"}, {"empty", ""}, {"b", std::string(100'000, 'b'), 0755}};
  for (int i = 0; i < steps; ++i) {
    JobStep step;
    step.argv = {"run", std::to_string(i)};
    step.environment = {"A=1"};
    step.stdin_data = "in" + std::to_string(i);
    step.wall_ms = 1000;
    step.cpu_ms = 500;
    step.output_bytes = 10;
    step.file_bytes = 100;
    step.processes = 4;
    job.steps.push_back(step);
  }
  return job;
}

/// Feeds frames to an answer, as a parser would.
struct Talk {
  explicit Talk(Job j) : job(std::move(j)), answer(job, kJob) {}

  void say(FrameType type, const std::string& payload = "", std::uint16_t step = 0,
           std::uint32_t number = kJob) {
    protocol::Frame frame;
    frame.type = type;
    frame.step = step;
    frame.job = number;
    frame.payload = payload;
    answer.take(frame);
  }
  void end(std::uint16_t step = 0, int exit_code = 0, Limit limit = Limit::kNone, int signal = 0) {
    protocol::StepEnded ended;
    ended.exit_code = exit_code;
    ended.limit = limit;
    ended.signal = signal;
    say(FrameType::kStepEnded, protocol::encode(ended), step);
  }
  void artifact(const std::string& name, std::uint64_t size, std::uint16_t step = 0,
                std::uint32_t mode = 0100755) {
    std::string payload;
    protocol::detail::put(payload, size);
    protocol::detail::put(payload, mode);
    say(FrameType::kArtifact, payload + name, step);
  }
  void clean() { say(FrameType::kClean, std::string(4, '\0')); }

  Job job;
  JobAnswer answer;
};

Job collecting() {
  auto job = job_of(1);
  job.steps[0].collect = {"out"};
  job.steps[0].collect_bytes = 8;
  return job;
}

}  // namespace

TEST_CASE("a job is written as JSON parts and then its bytes, in order") {
  const auto job = job_of(2);
  std::string text;
  std::string blob;
  std::vector<std::uint8_t> flags;
  protocol::FrameParser parser;
  parser.feed(encode_job(job, kJob), [&](const protocol::Frame& frame) {
    CHECK(frame.job == kJob);
    if (frame.type == FrameType::kJob) {
      CHECK(blob.empty());
      text += frame.payload;
      flags.push_back(frame.flags);
    } else {
      REQUIRE(frame.type == FrameType::kBlob);
      blob += frame.payload;
    }
  });
  CHECK(parser.at_boundary());
  CHECK(flags.back() == 0);
  CHECK(blob == "AA" + std::string(100'000, 'b') + "in0in1");
  const auto value = json::parse(text);
  CHECK(value.find("files")->array()->size() == 3);
  CHECK(*value.find("files")->array()->at(2).find("mode")->integer() == 0755);
  const auto& step = value.find("steps")->array()->at(1);
  CHECK(*step.find("kind")->string() == "run");
  CHECK(*step.find("stdin_size")->integer() == 3);
  CHECK(*step.find("output_bytes")->integer() == 10);
  CHECK(*step.find("argv")->array()->at(1).string() == "1");
  CHECK_FALSE(*value.find("live")->boolean());
}

TEST_CASE("a job without bytes has no frame for them, and a long one several frames of JSON") {
  Job job;
  job.files = {{"a", ""}};
  job.steps = {job_of(1).steps[0]};
  job.steps[0].stdin_data.clear();
  job.steps[0].argv.assign(20'000, "argument");
  int parts = 0;
  protocol::FrameParser parser;
  parser.feed(encode_job(job, 1), [&](const protocol::Frame& frame) {
    ++parts;
    CHECK(frame.type == FrameType::kJob);
  });
  CHECK(parts > 2);
}

TEST_CASE("a job may take as long as its steps together") {
  CHECK(longest(job_of(3)) == std::chrono::milliseconds(3000));
}

TEST_CASE("an answer in order is put together") {
  Talk talk(job_of(2));
  talk.say(FrameType::kStdout, "12345");
  talk.say(FrameType::kStderr, "err");
  talk.say(FrameType::kStdout, "67890");
  talk.end(0, 3);
  CHECK_FALSE(talk.answer.steps_over());
  talk.end(1, -1, Limit::kNone, SIGSEGV);
  CHECK(talk.answer.steps_over());
  CHECK_FALSE(talk.answer.over());
  REQUIRE(talk.answer.outcomes().size() == 2);
  CHECK(talk.answer.outcomes()[0].output == "1234567890");
  CHECK(talk.answer.outcomes()[0].errors == "err");
  CHECK(talk.answer.outcomes()[0].ended.exit_code == 3);
  CHECK(talk.answer.outcomes()[1].ended.signal == SIGSEGV);
  talk.clean();
  CHECK(talk.answer.over());
  CHECK(talk.answer.clean());
}

TEST_CASE("the proof may come after the outcomes were taken away") {
  Talk talk(job_of(1));
  talk.end();
  const auto taken = std::move(talk.answer.outcomes());
  talk.clean();
  CHECK(talk.answer.clean());
}

TEST_CASE("a taint is told, cut to a bound") {
  Talk talk(job_of(1));
  talk.end();
  talk.say(FrameType::kTainted, std::string(1000, 'x'));
  CHECK(talk.answer.over());
  CHECK_FALSE(talk.answer.clean());
  CHECK(talk.answer.taint().size() == 200);
}

TEST_CASE("frames of another job, of no job, or of the worker's kind have no place") {
  Talk talk(job_of(1));
  CHECK_THROWS_AS(talk.say(FrameType::kStdout, "x", 0, kJob + 1), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kStdout, "x", 0, 0), ProtocolError);
  for (const auto type : {FrameType::kReady, FrameType::kHello, FrameType::kJob, FrameType::kBlob,
                          FrameType::kStdin, FrameType::kCancel})
    CHECK_THROWS_AS(talk.say(type), ProtocolError);
  CHECK_THROWS_WITH(talk.say(FrameType::kRefused, "a process lives"),
                    test::contains("a process lives"));
}

TEST_CASE("steps come one after the other, each once") {
  Talk talk(job_of(2));
  CHECK_THROWS_AS(talk.say(FrameType::kStdout, "x", 1), ProtocolError);
  talk.say(FrameType::kStdout, "x", 0);
  CHECK_THROWS_AS(talk.say(FrameType::kStdout, "x", 1), ProtocolError);
  CHECK_THROWS_AS(talk.end(1), ProtocolError);
  talk.end(0);
  CHECK_THROWS_AS(talk.say(FrameType::kStdout, "x", 0), ProtocolError);
  CHECK_THROWS_AS(talk.end(0), ProtocolError);
  talk.end(1);
  CHECK_THROWS_AS(talk.end(2), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kStdout, "x", 1), ProtocolError);
}

TEST_CASE("a job ends after its steps, and once") {
  Talk early(job_of(2));
  CHECK_THROWS_AS(early.clean(), ProtocolError);
  CHECK_THROWS_AS(early.say(FrameType::kTainted, "why"), ProtocolError);
  early.say(FrameType::kStdout, "x");
  CHECK_THROWS_AS(early.clean(), ProtocolError);
  early.end(0);
  CHECK_THROWS_AS(early.clean(), ProtocolError);  // of two steps
  early.end(1);
  early.clean();
  CHECK_THROWS_AS(early.clean(), ProtocolError);
  CHECK_THROWS_AS(early.say(FrameType::kStdout, "x"), ProtocolError);
}

TEST_CASE("a failed compile step, a cancelled one, or one that hit a limit may be the last") {
  auto job = job_of(2);
  job.steps[0].compile = true;
  Talk compile(job);
  compile.end(0, 1);
  CHECK(compile.answer.steps_over());
  compile.clean();
  CHECK(compile.answer.clean());

  Talk cancelled(job_of(2));
  cancelled.end(0, -1, Limit::kCancelled);
  CHECK(cancelled.answer.steps_over());

  Talk unwritable(job_of(2));
  unwritable.end(0, -1, Limit::kDisk);
  CHECK_FALSE(unwritable.answer.steps_over());
  unwritable.say(FrameType::kTainted, "writing a: no space");
  CHECK(unwritable.answer.over());
}

TEST_CASE("output is held to its limit, stream by stream and step by step") {
  Talk talk(job_of(2));
  talk.say(FrameType::kStdout, std::string(10, 'x'));
  talk.say(FrameType::kStderr, std::string(10, 'x'));
  CHECK_THROWS_AS(talk.say(FrameType::kStdout, "y"), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kStderr, "y"), ProtocolError);
  Talk next(job_of(2));
  next.say(FrameType::kStdout, std::string(10, 'x'));
  next.end(0);
  next.say(FrameType::kStdout, std::string(10, 'x'), 1);
}

TEST_CASE("no end is believed that cannot be") {
  for (const auto& [code, signal] :
       {std::pair{256, 0}, {-2, 0}, {-1, 0}, {0, 9}, {-1, 65}, {-1, -9}, {7, 11}}) {
    Talk talk(job_of(1));
    CHECK_THROWS_AS(talk.end(0, code, Limit::kNone, signal), ProtocolError);
  }
  Talk talk(job_of(1));
  CHECK_THROWS_AS(talk.say(FrameType::kStepEnded, "short"), ProtocolError);
  std::string unknown = protocol::encode(protocol::StepEnded{});
  unknown[8] = 10;
  CHECK_THROWS_AS(talk.say(FrameType::kStepEnded, unknown), ProtocolError);
  talk.end(0, -1, Limit::kWall);  // stopped before it became anything
}

TEST_CASE("artifacts follow their step, whole and within their bound") {
  Talk talk(collecting());
  talk.end();
  CHECK_FALSE(talk.answer.steps_over());
  talk.artifact("out", 5);
  talk.say(FrameType::kArtifactData, "abc");
  CHECK_THROWS_AS(talk.clean(), ProtocolError);
  CHECK_THROWS_AS(talk.artifact("next", 1), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kArtifactData, "def"), ProtocolError);
  talk.say(FrameType::kArtifactData, "de");
  talk.artifact("empty", 0);
  CHECK_THROWS_AS(talk.artifact("more", 4), ProtocolError);
  talk.artifact("last", 3);
  talk.say(FrameType::kArtifactData, "xyz");
  talk.clean();
  const auto& files = talk.answer.outcomes()[0].collected;
  REQUIRE(files.size() == 3);
  CHECK(files[0].name == "out");
  CHECK(files[0].content == "abcde");
  CHECK(files[0].mode == 0755);
  CHECK(files[2].content == "xyz");
}

TEST_CASE("artifacts that nobody asked for are refused") {
  Talk unasked(job_of(1));
  unasked.end();
  CHECK_THROWS_AS(unasked.artifact("out", 1), ProtocolError);
  Talk early(collecting());
  CHECK_THROWS_AS(early.artifact("out", 1), ProtocolError);
  CHECK_THROWS_AS(early.say(FrameType::kArtifactData, "x"), ProtocolError);
  Talk talk(collecting());
  talk.end();
  CHECK_THROWS_AS(talk.artifact("", 1), ProtocolError);
  CHECK_THROWS_AS(talk.artifact(std::string("a\0b", 3), 1), ProtocolError);
  CHECK_THROWS_AS(talk.artifact(std::string(5000, 'n'), 1), ProtocolError);
  CHECK_THROWS_AS(talk.artifact("huge", ~std::uint64_t{0}), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kArtifact, "short"), ProtocolError);
  CHECK_THROWS_AS(talk.artifact("out", 1, 1), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kArtifactData, "x"), ProtocolError);
}

TEST_CASE("a file that was asked for and does not come has its reason") {
  using protocol::kNotSent;
  Talk talk(collecting());
  talk.end();
  talk.artifact("gone", 0, 0, kNotSent | 1);
  talk.artifact("huge", 1'000'000, 0, kNotSent | 3);  // beyond the bound, which is the point
  CHECK_THROWS_AS(talk.say(FrameType::kArtifactData, "x"), ProtocolError);
  CHECK_THROWS_AS(talk.artifact("x", 0, 0, kNotSent), ProtocolError);
  CHECK_THROWS_AS(talk.artifact("x", 0, 0, kNotSent | 7), ProtocolError);
  CHECK_THROWS_AS(talk.artifact("", 0, 0, kNotSent | 1), ProtocolError);
  talk.artifact("out", 1);
  talk.say(FrameType::kArtifactData, "x");
  talk.clean();
  const auto& outcome = talk.answer.outcomes()[0];
  CHECK(outcome.collected.size() == 1);
  REQUIRE(outcome.not_sent.size() == 2);
  CHECK(outcome.not_sent[0].name == "gone");
  CHECK(outcome.not_sent[0].why == protocol::NotSent::kMissing);
  CHECK(outcome.not_sent[1].why == protocol::NotSent::kTooLarge);
  CHECK(outcome.not_sent[1].size == 1'000'000);

  Talk endless(collecting());
  endless.end();
  for (std::size_t i = 0; i < protocol::kMaxArtifacts; ++i)
    endless.artifact(std::to_string(i), 0, 0, kNotSent | 1);
  CHECK_THROWS_AS(endless.artifact("x", 0, 0, kNotSent | 1), ProtocolError);
}

TEST_CASE("after as many files as there may be, one more is told and none is sent") {
  Talk talk(collecting());
  talk.end();
  for (std::size_t i = 0; i < protocol::kMaxArtifacts; ++i) talk.artifact(std::to_string(i), 0);
  CHECK_THROWS_AS(talk.artifact("x", 0), ProtocolError);
  talk.artifact("x", 0, 0,
                protocol::kNotSent | static_cast<std::uint32_t>(protocol::NotSent::kTooMany));
  talk.clean();
  const auto& outcome = talk.answer.outcomes()[0];
  CHECK(outcome.collected.size() == protocol::kMaxArtifacts);
  REQUIRE(outcome.not_sent.size() == 1);
  CHECK(outcome.not_sent[0].why == protocol::NotSent::kTooMany);
}

TEST_CASE("the order in which the outputs came is kept, neighbours in one") {
  Talk talk(job_of(2));
  talk.say(FrameType::kStdout, "ab");
  talk.say(FrameType::kStdout, "c");
  talk.say(FrameType::kStderr, "");
  talk.say(FrameType::kStderr, "x");
  talk.say(FrameType::kStdout, "d");
  talk.end();
  talk.say(FrameType::kStderr, "y", 1);
  talk.end(1);
  CHECK(talk.answer.outcomes()[0].order == std::vector<int>{3, -1, 1});
  CHECK(talk.answer.outcomes()[1].order == std::vector<int>{-1});
}

TEST_CASE("the order is bounded: what comes after it follows in one piece each") {
  auto job = job_of(1);
  job.steps[0].output_bytes = 100'000;
  Talk talk(job);
  for (std::size_t i = 0; i < kMaxOrder; ++i) {
    talk.say(FrameType::kStdout, "o");
    talk.say(FrameType::kStderr, "e");
  }
  talk.end();
  const auto& outcome = talk.answer.outcomes()[0];
  CHECK(outcome.order.size() == kMaxOrder);
  CHECK(outcome.order.back() == -1);
  Result result;
  result.output = outcome.output;
  result.errors = outcome.errors;
  result.output_order = outcome.order;
  const auto merged = merged_output(result);
  CHECK(merged.size() == 2 * kMaxOrder);
  CHECK(merged.substr(0, 6) == "oeoeoe");
  CHECK(merged.substr(merged.size() - 2) == "ee");
}

TEST_CASE("a live job is written as one, with its terminal") {
  auto job = job_of(1);
  job.steps[0].stdin_data.clear();
  const auto text_of = [](const Job& live_job) {
    const auto bytes = encode_job(live_job, kJob);
    std::string text;
    protocol::FrameParser parser;
    parser.feed(bytes, [&](const protocol::Frame& frame) {
      if (frame.type == FrameType::kJob) text += frame.payload;
    });
    return text;
  };
  CHECK_THAT(text_of(job), test::contains(R"("interactive":false)"));
  CHECK_THAT(text_of(job), test::contains(R"("live":false,"tty":null})"));
  job.live = true;
  job.steps[0].interactive = true;
  CHECK_THAT(text_of(job), test::contains(R"("interactive":true)"));
  CHECK_THAT(text_of(job), test::contains(R"("live":true,"tty":null})"));
  job.tty = TtySize{132, 50};
  CHECK_THAT(text_of(job), test::contains(R"("tty":{"cols":132,"rows":50}})"));
}

namespace {

std::string taken(std::uint64_t bytes) {
  std::string payload;
  protocol::detail::put(payload, bytes);
  return payload;
}

Job interactive(bool live = true) {
  auto job = job_of(1);
  job.live = live;
  job.steps[0].stdin_data.clear();
  job.steps[0].interactive = true;
  return job;
}

}  // namespace

TEST_CASE("input is taken at most as far as it was sent, and only forwards") {
  Talk talk(interactive());
  talk.say(FrameType::kStepStarted);
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, taken(1)), ProtocolError);
  talk.answer.sent_input(10);
  talk.say(FrameType::kStdinTaken, taken(4));
  CHECK(talk.answer.input_taken() == 4);
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, taken(4)), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, taken(3)), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, taken(11)), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, "short"), ProtocolError);
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, taken(5) + "x"), ProtocolError);
  talk.say(FrameType::kStdinTaken, taken(10));
  talk.end();
  CHECK(talk.answer.steps_over());
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, taken(10)), ProtocolError);
}

TEST_CASE("a job that nobody types into has nothing taken") {
  Talk talk(job_of(1));
  talk.answer.sent_input(10);
  CHECK_THROWS_AS(talk.say(FrameType::kStdinTaken, taken(1)), ProtocolError);
}

TEST_CASE("a live job's steps are told once, before anything else of them") {
  SECTION("as it should be") {
    Talk talk(interactive());
    talk.say(FrameType::kStepStarted);
    talk.say(FrameType::kStdout, "x");
    talk.end();
    CHECK(talk.answer.outcomes().at(0).output == "x");
  }
  SECTION("one that could not begin") {
    Talk talk(interactive());
    talk.end(0, -1, Limit::kSpawn);
    CHECK(talk.answer.steps_over());
  }
  SECTION("twice") {
    Talk talk(interactive());
    talk.say(FrameType::kStepStarted);
    CHECK_THROWS_AS(talk.say(FrameType::kStepStarted), ProtocolError);
  }
  SECTION("not at all") {
    Talk talk(interactive());
    CHECK_THROWS_AS(talk.say(FrameType::kStdout, "x"), ProtocolError);
    Talk ended(interactive());
    CHECK_THROWS_AS(ended.end(), ProtocolError);
    Talk typed(interactive());
    typed.answer.sent_input(1);
    CHECK_THROWS_AS(typed.say(FrameType::kStdinTaken, taken(1)), ProtocolError);
  }
  SECTION("in a job that is not live") {
    Talk talk(job_of(1));
    CHECK_THROWS_AS(talk.say(FrameType::kStepStarted), ProtocolError);
  }
}
