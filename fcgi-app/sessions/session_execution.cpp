#include "fcgi-app/sessions/session_execution.hpp"

#include <algorithm>

namespace runyard {
namespace {

constexpr std::int64_t kSessionMs = 10'000;

Limits session_limits(const Language& language) {
  auto limits = language.default_limits;
  limits.wall_ms = std::min(kSessionMs, language.maximum_limits.wall_ms);
  limits.cpu_ms = std::min(kSessionMs, language.maximum_limits.cpu_ms);
  return limits;
}

/// "10" or "2.5".
std::string in_seconds(std::int64_t ms) {
  auto text = std::to_string(ms / 1000);
  if (ms % 1000 == 0) return text;
  auto digits = std::to_string(1000 + ms % 1000).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return text + "." + digits;
}

/// The limit that a TIMEOUT was held to.
std::int64_t limit_of(Reason reason, const Limits& limits) {
  if (reason == Reason::kCompileTime) return limits.compile_wall_ms;
  return reason == Reason::kCpuTime ? limits.cpu_ms : limits.wall_ms;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string errors_of(const Result& result, const Language* language) {
  auto errors = result.errors;
  if (language && ends_with(language->source, ".py"))
    for (const std::string folder : {"/box/", ""})
      replace_all(errors, "File \"" + folder + language->source + "\"", "File \"<stdin>\"");
  if (result.compile && result.compile->status != Status::kCompleted)
    errors = result.compile->errors + result.compile->output + errors;
  if (result.status == Status::kTimeout) {
    const auto limits = language ? session_limits(*language) : Limits();
    return "Execution timed out after " + in_seconds(limit_of(result.reason, limits)) +
           " seconds.\n" + errors;
  }
  if (errors.empty() && result.status != Status::kCompleted && !result.message.empty())
    return result.message + "\n";
  return errors;
}

}  // namespace

Submission session_submission(const Language& language, const std::string& asked_language,
                              const std::string& code) {
  Submission submission;
  submission.language = language.id;
  submission.version = language.version;
  submission.asked_language = asked_language;
  submission.entry = language.source;
  submission.files = {{language.source, code}};
  submission.limits = session_limits(language);
  return submission;
}

std::string session_execution_to_json(const Execution& execution, OutputEncoding encoding,
                                      const LanguageCatalog& catalog) {
  json::Writer writer;
  writer.begin_object();
  if (execution.result) {
    auto shown = execution;
    shown.result->errors =
        errors_of(*execution.result, catalog.find(execution.language, execution.version));
    write_execution_head(writer, shown, encoding, kMaxAnswerBytes - 1024);
  } else {
    write_execution_head(writer, execution, encoding);
  }
  writer.end_object();
  return writer.take();
}

}  // namespace runyard
