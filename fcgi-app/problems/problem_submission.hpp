#pragma once
// What a problem does to the submissions that answer it.
#include <string>

#include "core/limits.hpp"
#include "core/problem_store.hpp"
#include "fcgi-app/submission_parser.hpp"

namespace runyard {

struct ApiContext;

/// The problem's times and memory become the limits, as far as `maximum` (the language's and the
/// server's) allows, and then the maximum: a submission may only ask for less. Pure.
void apply_limits(const StoredProblem& problem, Limits& limits, Limits& maximum);

/// The tests as a submission by `owner` carries them: the author's own hide nothing, others' hidden
/// ones have no name that could say something, and of others' checkers nothing is quoted. Pure.
void hide_from(const std::string& owner, StoredProblem& problem);

/// Finds problems for the submissions of `owner`, whose hidden tests are then hidden from him.
/// Throws DatabaseUnavailable when called. `context` must outlive it.
FindProblem problem_finder(const ApiContext& context, std::string owner);

/// Asks `find` once for each problem and gives copies, as long as there are few of them: more would
/// take too much memory, so the oldest is then forgotten. For one request.
FindProblem remembering(FindProblem find);

}  // namespace runyard
