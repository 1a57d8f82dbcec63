#pragma once
// A job of many tests is run in parts: what the agent holds of it lies in the sandbox's memory, and
// a step that leaves what cannot be taken away is the last of its sandbox.
#include <cstddef>
#include <cstdint>

#include "worker/job.hpp"

namespace runyard {

/// The files and terminal of a job with `count` of its steps from `first` on.
Job part_of(const Job& job, std::size_t first, std::size_t count);

/// How many steps from `first` on may go at once into a sandbox of this memory; at least one.
std::size_t steps_at_once(const Job& job, std::size_t first, std::int64_t memory_kb);

/// True when none of the job's steps can be run anywhere, since its files cannot be written.
bool files_do_not_fit(const StepOutcome& outcome);

}  // namespace runyard
