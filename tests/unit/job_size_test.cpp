#include "worker/job_size.hpp"

#include "agent/job_json.hpp"
#include "core/json.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

JobStep step_of(std::vector<std::string> args) {
  JobStep step;
  step.argv = std::move(args);
  step.argv.insert(step.argv.begin(), "run");
  step.environment = {"A=1"};
  step.wall_ms = step.cpu_ms = 1000;
  step.output_bytes = step.file_bytes = 1000;
  step.processes = 4;
  return step;
}

/// The JSON of a job as it is sent.
std::string json_of(const Job& job) {
  std::string text;
  protocol::FrameParser parser;
  parser.feed(encode_job(job, 1), [&](const protocol::Frame& frame) {
    if (frame.type == protocol::FrameType::kJob) text += frame.payload;
  });
  return text;
}

}  // namespace

TEST_CASE("a job is never larger as it is sent than it was counted") {
  const std::vector<std::vector<std::string>> args = {{},
                                                      {""},
                                                      std::vector<std::string>(2600, ""),
                                                      {std::string(65'536, '\x01')},
                                                      {"\"\\\n\t\x7f", "\xc3\xa4", "\xff"}};
  for (const auto& one : args) {
    Job job;
    job.files = {{"a\"b", "x"}, {"\x01", ""}};
    for (int i = 0; i < 3; ++i) job.steps.push_back(step_of(one));
    auto size = size_of(job.files);
    for (const auto& step : job.steps) size = size + size_of(step);
    CHECK(size.json + 256 >= json_of(job).size());
  }
}

TEST_CASE("steps that are too much for one job become several, each of which an agent takes") {
  Job job;
  job.files = {{"program", std::string(1000, 'p')}};
  SECTION("control characters") {
    for (int i = 0; i < 100; ++i) job.steps.push_back(step_of({std::string(20'000, '\x01')}));
  }
  SECTION("empty arguments") {
    for (int i = 0; i < 1000; ++i) job.steps.push_back(step_of(std::vector<std::string>(2600, "")));
  }
  SECTION("inputs") {
    for (int i = 0; i < 40; ++i) {
      job.steps.push_back(step_of({}));
      job.steps.back().stdin_data.assign(1'000'000, 'i');
    }
  }
  const auto firsts = parts_of(job, protocol::kMaxBlobBytes);
  REQUIRE(firsts.size() > 1);
  CHECK(firsts.front() == 0);
  for (std::size_t k = 0; k < firsts.size(); ++k) {
    const auto end = k + 1 < firsts.size() ? firsts[k + 1] : job.steps.size();
    REQUIRE(end > firsts[k]);
    Job part;
    part.files = job.files;
    part.steps.assign(job.steps.begin() + static_cast<std::ptrdiff_t>(firsts[k]),
                      job.steps.begin() + static_cast<std::ptrdiff_t>(end));
    CHECK(agent::parse_job(json_of(part)).steps.size() == part.steps.size());
  }
}

TEST_CASE("a small sandbox is given less at a time") {
  CHECK(blob_budget(8 * 1024) == 2 * 1024 * 1024);
  CHECK(blob_budget(1024) == 1024 * 1024);
  CHECK(blob_budget(1024 * 1024) == protocol::kMaxBlobBytes);
}

TEST_CASE("what a compiler left and no job can carry is told by name") {
  CHECK(unsendable({{"A.class", "x"}, {"p/B.class", "y"}}).empty());
  CHECK_THAT(unsendable({{"a\xff"
                          "b.class",
                          ""}}),
             test::contains("not UTF-8"));
  CHECK_THAT(unsendable({{std::string(1025, 'n'), ""}}), test::contains("1025 bytes"));
  std::string deep = "f";
  for (int i = 0; i < 32; ++i) deep.insert(0, "d/");
  CHECK_THAT(unsendable({{deep, ""}}), test::contains("32 folders"));
  CHECK_THAT(unsendable({{"a/../b", ""}}), test::contains("no path"));
  const std::vector<JobFile> many(1024, {std::string(200, '\x01'), ""});
  CHECK_THAT(unsendable(many), test::contains("names"));
}
