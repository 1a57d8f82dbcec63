#pragma once
// Errors as clients see them: RFC 9457 problem documents.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "fcgi-app/http.hpp"

namespace runyard {

/// One wrong field: its path in the body ("limits.wall_ms", "tests[3].weight") or the name of a
/// header or query parameter, and the rule that it breaks.
struct ProblemField {
  std::string field;
  std::string message;
  bool unavailable =
      false;  ///< right, but nothing here can run it now: written as "available": false
};

struct Problem {
  int status = 400;
  std::string detail;
  std::vector<ProblemField> errors;
};

/// A body may be wrong in a million places; the answer names this many of them.
constexpr std::size_t kMaxReportedErrors = 50;

/// The members type, title, status, detail and errors, as an object of their own.
void write_problem(json::Writer& writer, const Problem& problem);

/// The whole answer, `application/problem+json`.
Response problem_response(const Problem& problem);
Response problem_response(int status, std::string detail, std::vector<ProblemField> errors = {});

/// 401 with WWW-Authenticate (RFC 6750 section 3).
Response unauthorized_response(std::string detail);

/// 503 that asks to come back after so many seconds.
Response unavailable_response(std::string detail, int retry_after_s);
/// The same for DatabaseUnavailable.
Response database_away_response();

/// `text` as a message may show it: what follows its first 60 bytes as "...", always valid UTF-8.
std::string shorten(std::string_view text);

/// `text` between double quotes for a message, shortened.
std::string in_quotes(std::string_view text);

/// "a, b and c" with quotes, for messages that list what is allowed; at most 20 of them.
std::string name_list(const std::vector<std::string>& names);

}  // namespace runyard
