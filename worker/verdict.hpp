#pragma once
// From what happened in a sandbox to a verdict. Pure.
#include <string>

#include "core/execution.hpp"
#include "core/language.hpp"
#include "worker/job.hpp"

namespace runyard {

struct Verdict {
  Status status = Status::kCompleted;
  Reason reason = Reason::kNone;
  std::string
      message;  ///< for people: the limit, its value, the value measured; empty for COMPLETED
};

/// Of a run step. `limits` are those it ran under; `sign` is how the language's runtime reports a
/// full heap.
Verdict judge_run(const StepOutcome& outcome, const Limits& limits, const OutOfMemorySign* sign);

/// Of a compile step under `wall_ms`, `memory_kb`, `output_bytes`.
Verdict judge_compile(const StepOutcome& outcome, std::int64_t wall_ms, std::int64_t memory_kb,
                      std::int64_t output_bytes);

/// "SIGSEGV" for 11; "signal 77" for one without a name.
std::string signal_name(int signal);

/// Of an execution that took longer in all than it may: what ran was stopped.
Verdict total_time_over(const Limits& limits);

}  // namespace runyard
