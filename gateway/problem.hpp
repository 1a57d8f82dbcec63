#pragma once
// Errors as clients of the gateway see them: the API's own, or made here in the same shape.
#include <string>
#include <string_view>
#include <vector>

#include "core/errors.hpp"
#include "core/json.hpp"

namespace runyard::gateway {

/// An RFC 9457 problem without its type, which is always about:blank.
struct Problem {
  int status = 400;
  std::string detail;
  std::vector<FieldError> errors;
};

/// The members title, status, detail and errors, into an object that is open.
void write_problem_members(json::Writer& writer, const Problem& problem);

/// As the body of an HTTP answer: with the member type.
std::string problem_body(const Problem& problem);

/// Reads the API's answer. Anything but a problem document becomes one that says that the service
/// failed, with status 503: a client never gets another's failure as its own.
Problem problem_from_api(int status, std::string_view body);

/// "Not Found" for 404.
std::string_view status_phrase(int status);

}  // namespace runyard::gateway
