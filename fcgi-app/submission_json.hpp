#pragma once
// A submission as it can be sent again.
#include <string>

#include "core/submission.hpp"

namespace runyard {

/// A body for POST /executions that makes the same execution anew: with its limits as they were
/// resolved, and only the members that say something. `problem_id` not empty: it answers a problem,
/// whose tests and checker are the problem's to give and stay out, the hidden ones among them.
std::string submission_to_api_json(const Submission& submission, const std::string& problem_id);

}  // namespace runyard
