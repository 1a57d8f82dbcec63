#include "worker/job_parts.hpp"

#include <algorithm>

namespace runyard {
namespace {

std::int64_t size_of(const std::vector<std::string>& texts) {
  // As JSON, as parsed JSON, and as a string of its own.
  constexpr std::int64_t kEach = 64;
  std::int64_t bytes = 0;
  for (const auto& text : texts) bytes += kEach + 3 * static_cast<std::int64_t>(text.size());
  return bytes;
}

}  // namespace

Job part_of(const Job& job, std::size_t first, std::size_t count) {
  Job part;
  part.files = job.files;
  part.live = job.live;
  part.tty = job.tty;
  const auto from = job.steps.begin() + static_cast<std::ptrdiff_t>(first);
  part.steps.assign(from, from + static_cast<std::ptrdiff_t>(count));
  return part;
}

std::size_t steps_at_once(const Job& job, std::size_t first, std::int64_t memory_kb) {
  constexpr std::int64_t kMost = 8 * 1024 * 1024;
  constexpr std::int64_t kStep = 1024;
  std::int64_t left = std::min(kMost, memory_kb * 1024 / 8);
  std::size_t count = 0;
  for (; first + count < job.steps.size(); ++count) {
    const auto& step = job.steps[first + count];
    left -= kStep + size_of(step.argv) + size_of(step.environment) + size_of(step.collect) +
            static_cast<std::int64_t>(step.stdin_data.size());
    if (left < 0 && count > 0) break;
  }
  return count;
}

bool files_do_not_fit(const StepOutcome& outcome) {
  // A program that could not be started has this from a step of its own.
  return outcome.ended.error_number != 0 && outcome.ended.limit != protocol::Limit::kNone;
}

}  // namespace runyard
