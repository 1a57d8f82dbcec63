#include "fcgi-app/problem.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace runyard {

void write_problem(json::Writer& writer, const Problem& problem) {
  // The status says what kind of problem it is, so the type is the one of RFC 9457 section 4.2.1
  // for that.
  writer.begin_object()
      .member("type", "about:blank")
      .member("title", status_phrase(problem.status))
      .member("status", problem.status)
      .member("detail", problem.detail);
  writer.key("errors").begin_array();
  const auto shown = std::min(problem.errors.size(), kMaxReportedErrors);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& error = problem.errors[i];
    writer.begin_object().member("field", error.field).member("message", error.message);
    if (error.unavailable) writer.member("available", false);
    writer.end_object();
  }
  writer.end_array().end_object();
}

Response problem_response(const Problem& problem) {
  json::Writer writer;
  write_problem(writer, problem);
  Response response;
  response.status = problem.status;
  response.headers.emplace_back("Content-Type", "application/problem+json");
  response.body = writer.text();
  return response;
}

Response problem_response(int status, std::string detail, std::vector<ProblemField> errors) {
  return problem_response(Problem{status, std::move(detail), std::move(errors)});
}

Response unauthorized_response(std::string detail) {
  auto response = problem_response(401, std::move(detail));
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Response unavailable_response(std::string detail, int retry_after_s) {
  auto response = problem_response(503, std::move(detail));
  response.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
  return response;
}

Response database_away_response() {
  return unavailable_response("the database is away; nothing was lost, try again", 2);
}

std::string shorten(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return to_utf8(text);
  auto cut = kShown;  // back to the start of a character
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return to_utf8(text.substr(0, cut)) + "...";
}

std::string in_quotes(std::string_view text) { return '"' + shorten(text) + '"'; }

std::string name_list(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 20;
  std::string out;
  const auto shown = std::min(names.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == shown && shown == names.size() ? " and " : ", ";
    out += in_quotes(names[i]);
  }
  if (names.size() > kShown) out += " and " + std::to_string(names.size() - kShown) + " more";
  return out;
}

}  // namespace runyard
