#include "fcgi-app/submission_parts.hpp"

namespace runyard {

void read_live(ObjectReader& body, const ParseContext& context, const StoredProblem* problem,
               Submission& submission) {
  constexpr std::int64_t kMaxSide = 1000;  // of a terminal
  LiveRun live;
  body.choice("type", {"run"});  // the gateway has read it already, and what `detach` says
  body.boolean("detach");
  if (const auto tty = body.boolean("tty")) live.tty = *tty;
  if (const auto cols = body.integer("cols", 1, kMaxSide)) live.cols = static_cast<int>(*cols);
  if (const auto rows = body.integer("rows", 1, kMaxSide)) live.rows = static_cast<int>(*rows);
  submission.live = live;

  for (const char* name : {"tests", "checker", "stop_on_failure"})
    if (body.member(name)) context.errors.add(name, "is not for live runs: they have no tests");
  if (problem && !problem->tests.empty())
    context.errors.add("problem_id", "is of a problem with tests: live runs have none");
}

}  // namespace runyard
