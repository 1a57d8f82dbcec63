#pragma once
// From the JSON of a problem to a StoredProblem, or to the list of all its mistakes. Pure.
#include "core/json.hpp"
#include "core/problem_store.hpp"
#include "fcgi-app/submission_parts.hpp"

namespace runyard {

enum class ProblemBody {
  kWhole,   ///< POST and PUT: what is absent gets its default
  kChange,  ///< PATCH (RFC 7396): what is absent stays, null takes the default
};

/// Reads the body into `problem`, whose id, owner, revision and times stay. `problem` is of use
/// only when context.errors is empty.
void read_problem_body(const json::Value& body, ProblemBody kind, const ParseContext& context,
                       StoredProblem& problem);

}  // namespace runyard
