#include "gateway/problem.hpp"

#include "core/text.hpp"

namespace runyard::gateway {
namespace {

/// As many as the API names.
constexpr std::size_t kMaxErrors = 50;

std::string text_of(const json::Value& object, std::string_view name) {
  const auto* member = object.find(name);
  const auto* text = member ? member->string() : nullptr;
  return text ? *text : std::string();
}

}  // namespace

std::string_view status_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

void write_problem_members(json::Writer& writer, const Problem& problem) {
  writer.member("title", status_phrase(problem.status))
      .member("status", problem.status)
      .member("detail", to_utf8(problem.detail));
  writer.key("errors").begin_array();
  for (std::size_t i = 0; i < problem.errors.size() && i < kMaxErrors; ++i)
    writer.begin_object()
        .member("field", to_utf8(problem.errors[i].field))
        .member("message", to_utf8(problem.errors[i].message))
        .end_object();
  writer.end_array();
}

std::string problem_body(const Problem& problem) {
  json::Writer writer;
  writer.begin_object().member("type", "about:blank");
  write_problem_members(writer, problem);
  writer.end_object();
  return writer.text();
}

Problem problem_from_api(int status, std::string_view body) {
  Problem problem{503, "the service failed to answer; try again", {}};
  if (status < 400 || status > 599) return problem;
  try {
    const auto document = json::parse(body);
    const auto* stated = document.find("status");
    if (!stated || !stated->integer() || *stated->integer() != status) return problem;
    problem.status = status;
    problem.detail = text_of(document, "detail");
    const auto* errors = document.find("errors");
    if (const auto* list = errors ? errors->array() : nullptr)
      for (const auto& error : *list)
        problem.errors.push_back({text_of(error, "field"), text_of(error, "message")});
  } catch (const json::ParseError&) {
    // Nginx or another stood in: the same as no answer.
  }
  return problem;
}

}  // namespace runyard::gateway
