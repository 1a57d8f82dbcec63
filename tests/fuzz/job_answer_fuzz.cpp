// What a worker reads from an agent, which it takes for hostile: frames, and the answer that they
// make up. Nothing but ProtocolError may come of any bytes, and never more than was asked for may
// be kept.
#include <cstdint>
#include <cstdlib>

#include "worker/job.hpp"

using namespace runyard;

namespace {

Job asked() {
  Job job;
  job.files = {{"main.py", "print()"}};
  for (int i = 0; i < 3; ++i) {
    JobStep step;
    step.compile = i == 0;
    step.argv = {"x"};
    step.wall_ms = step.cpu_ms = 1000;
    step.output_bytes = 64;
    step.collect = {"out"};
    step.collect_bytes = 128;
    job.steps.push_back(step);
  }
  return job;
}

void check(bool truth) {
  if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Job kJob = asked();
  JobAnswer answer(kJob, 1);
  protocol::FrameParser parser;
  try {
    parser.feed({reinterpret_cast<const char*>(data), size},
                [&](const protocol::Frame& frame) { answer.take(frame); });
  } catch (const protocol::ProtocolError&) {
  }
  check(answer.outcomes().size() <= kJob.steps.size());
  for (const auto& outcome : answer.outcomes()) {
    std::size_t collected = 0;
    for (const auto& file : outcome.collected) collected += file.content.size();
    check(outcome.output.size() <= 64 && outcome.errors.size() <= 64 && collected <= 128);
  }
  check(!answer.over() || answer.steps_over());
  return 0;
}
