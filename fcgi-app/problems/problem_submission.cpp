#include "fcgi-app/problems/problem_submission.hpp"

#include <algorithm>

#include "fcgi-app/api.hpp"

namespace runyard {

void apply_limits(const StoredProblem& problem, Limits& limits, Limits& maximum) {
  const auto apply = [&](std::int64_t Limits::*member, std::int64_t value) {
    maximum.*member = std::min(maximum.*member, value);
    limits.*member = maximum.*member;
  };
  apply(&Limits::wall_ms, problem.time_limit_ms);
  apply(&Limits::cpu_ms, problem.time_limit_ms);
  if (problem.memory_limit_kb) apply(&Limits::memory_kb, *problem.memory_limit_kb);
}

void hide_from(const std::string& owner, StoredProblem& problem) {
  int hidden = 0;
  for (auto& test : problem.tests) {
    if (!test.hidden) continue;
    if (owner == problem.owner)
      test.hidden = false;
    else
      test.name = "hidden " + std::to_string(++hidden);
  }
}

FindProblem problem_finder(const ApiContext& context, std::string owner) {
  return [&context, owner = std::move(owner)](const std::string& id) {
    auto problem = required(context.problems).find(id);
    if (problem) hide_from(owner, *problem);
    return problem;
  };
}

}  // namespace runyard
