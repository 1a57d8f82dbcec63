#include "worker/job_parts.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

Job job_of(std::size_t steps, std::size_t stdin_bytes) {
  Job job;
  job.files = {{"main.py", "pass"}};
  job.steps.resize(steps);
  for (auto& step : job.steps) step.stdin_data = std::string(stdin_bytes, 'x');
  return job;
}

}  // namespace

TEST_CASE("steps go into a sandbox together as long as their inputs leave it its memory") {
  CHECK(steps_at_once(job_of(1000, 100), 0, 131'072) == 1000);
  CHECK(steps_at_once(job_of(100, 1 << 20), 0, 131'072) == 7);
  CHECK(steps_at_once(job_of(100, 1 << 20), 98, 131'072) == 2);
  CHECK(steps_at_once(job_of(100, 1 << 20), 0, 8192) == 1);
  auto many = job_of(100, 0);
  for (auto& step : many.steps) step.argv.resize(2600);
  CHECK(steps_at_once(many, 0, 8192) < 10);
}

TEST_CASE("a part of a job has its files and some of its steps") {
  auto job = job_of(5, 1);
  job.steps[3].stdin_data = "third";
  const auto part = part_of(job, 3, 2);
  CHECK(part.files.size() == 1);
  REQUIRE(part.steps.size() == 2);
  CHECK(part.steps[0].stdin_data == "third");
}
