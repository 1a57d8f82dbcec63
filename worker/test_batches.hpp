#pragma once
// A submission's tests in several jobs, one after the other. Pure.
#include <cstddef>

#include "worker/job.hpp"

namespace runyard {

/// What is left of `job` from step `first` on, with all its files: another job that goes on where
/// the steps before have ended. `first` must be below the number of steps.
Job rest_of(const Job& job, std::size_t first);

}  // namespace runyard
