#pragma once
// The problem object of the API.
#include <string>

#include "core/json.hpp"
#include "core/problem_store.hpp"

namespace runyard {

/// The whole object as `owner` may see it: only the author sees hidden tests and the source of a
/// checking program.
std::string problem_to_json(const StoredProblem& problem, const std::string& owner);

/// A checker as submissions and problems name it; a program's source only `with_code`.
void write_checker(json::Writer& writer, const Checker& checker, bool with_code);

/// The shorter one of a list: without description, templates, checker and tests.
void write_problem_entry(json::Writer& writer, const StoredProblem& problem,
                         const std::string& owner);

}  // namespace runyard
