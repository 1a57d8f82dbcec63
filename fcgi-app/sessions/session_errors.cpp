#include "fcgi-app/sessions/session_errors.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "core/json.hpp"
#include "core/log.hpp"

namespace runyard {
namespace {

/// "user_id" as people read it.
std::string spoken(std::string field) {
  std::replace(field.begin(), field.end(), '_', ' ');
  return field;
}

std::string sentence(const std::string& field, const std::string& message) {
  if (message.substr(0, 4) == "The ") return message;  // it is one already
  if (message == "must be a text") return "The " + spoken(field) + " field must be a string.";
  if (message == "must not be empty") return "The " + spoken(field) + " field is required.";
  return "The " + spoken(field) + " field " + message + ".";
}

using Sentences = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// By field, in the order of the first mistake of each.
Sentences by_field(const json::Value& problem) {
  Sentences fields;
  const auto* errors = problem.find("errors");
  if (!errors || !errors->array()) return fields;
  for (const auto& error : *errors->array()) {
    const auto* field = error.find("field");
    const auto* message = error.find("message");
    if (!field || !field->string() || !message || !message->string()) continue;
    auto entry = std::find_if(fields.begin(), fields.end(),
                              [&](const auto& other) { return other.first == *field->string(); });
    if (entry == fields.end()) entry = fields.insert(entry, {*field->string(), {}});
    entry->second.push_back(sentence(*field->string(), *message->string()));
  }
  return fields;
}

/// The first sentence, and how many there are besides.
std::string summary(const Sentences& fields) {
  std::size_t others = 0;
  for (const auto& [field, sentences] : fields) others += sentences.size();
  --others;
  const auto& first = fields.front().second.front();
  if (others == 0) return first;
  return first + " (and " + std::to_string(others) + " more error" + (others == 1 ? ")" : "s)");
}

std::string rewritten(const json::Value& problem) {
  const auto fields = by_field(problem);
  json::Writer writer;
  writer.begin_object();
  std::string detail;
  for (const auto& [name, value] : *problem.object()) {
    if (name == "errors") continue;
    if (name == "detail" && value.string()) detail = *value.string();
    writer.key(name).value(value);
  }
  writer.member("message", fields.empty() ? detail : summary(fields));
  if (!fields.empty()) {
    writer.key("errors").begin_object();
    for (const auto& [field, sentences] : fields) {
      writer.key(field).begin_array();
      for (const auto& one : sentences) writer.string(one);
      writer.end_array();
    }
    writer.end_object();
  }
  writer.end_object();
  return writer.text();
}

Response answered(const Router::Handler& handler, const Request& request) {
  try {
    return handler(request);
  } catch (const DatabaseUnavailable& error) {
    log::warn("database away", {{"request", request.request_id}, {"error", error.what()}});
    return database_away_response();
  }
}

}  // namespace

Router::Handler with_session_errors(Router::Handler handler) {
  return [handler = std::move(handler)](const Request& request) {
    auto response = answered(handler, request);
    const auto* type = response.header("Content-Type");
    if (!type || *type != "application/problem+json") return response;
    response.body = rewritten(json::parse(response.body));
    return response;
  };
}

void add_invalid(BodyErrors& errors, const std::string& field, const std::string& more) {
  errors.add(field, "The selected " + spoken(field) + " is invalid" +
                        (more.empty() ? std::string(".") : ": " + more + "."));
}

}  // namespace runyard
