#include "fcgi-app/problems/problem_submission.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "fcgi-app/api.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxRemembered = 8;

}  // namespace

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
  problem.checker.hidden = owner != problem.owner;
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

FindProblem remembering(FindProblem find) {
  using Known = std::deque<std::pair<std::string, std::optional<StoredProblem>>>;
  return [find = std::move(find), known = Known()](const std::string& id) mutable {
    const auto earlier = std::find_if(known.begin(), known.end(),
                                      [&](const auto& entry) { return entry.first == id; });
    if (earlier != known.end()) return earlier->second;
    auto problem = find(id);
    if (known.size() == kMaxRemembered) known.pop_front();
    known.emplace_back(id, std::move(problem));
    return known.back().second;
  };
}

}  // namespace runyard
