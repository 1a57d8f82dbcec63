// `languages` and `history`: what the API knows, as tables.
#include <unistd.h>

#include <chrono>
#include <thread>

#include "cli/commands.hpp"
#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/language_choice.hpp"
#include "cli/members.hpp"
#include "cli/printing.hpp"
#include "cli/service.hpp"
#include "cli/shown_output.hpp"
#include "core/ids.hpp"
#include "core/terminal_text.hpp"

namespace runyard::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

void print(const std::string& text) { write_all(STDOUT_FILENO, text, "stdout"); }

HttpAnswer ask(const Server& server, const std::string& path) {
  HttpClient http(server);
  Service service(
      http, [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }, complain);
  auto answer = service.ask({"GET", path});
  json_of(answer, http);  // throws unless Runyard wrote it
  return answer;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string versions_of(const json::Value& language) {
  std::vector<std::string> versions;
  for (const auto& version : array_at(language, "versions"))
    versions.push_back(text_at(version, "version"));
  return joined(versions);
}

std::string time_of(const json::Value& execution) {
  const auto time = integer_at(execution, "execution_time");
  return time ? std::to_string(*time) + " ms" : "";
}

std::string status_of(const json::Value& execution) {
  const auto reason = text_at(execution, "reason");
  const auto status = text_at(execution, "status");
  return reason.empty() || reason == status ? status : status + " " + reason;
}

void add_lines(std::string& text, const json::Value& object, const char* name) {
  const auto value = text_at(object, name);
  if (value.empty()) return;
  text += "\n" + std::string(name) + ":\n" + printable_lines(value);
  if (value.back() != '\n') text += '\n';
}

std::string execution_text(const json::Value& execution) {
  Rows rows{{"execution", text_at(execution, "execution_id")},
            {"status", status_of(execution)},
            {"language", text_at(execution, "language") + " " + text_at(execution, "version")}};
  const auto add = [&](const char* title, const std::string& value) {
    if (!value.empty()) rows.push_back({title, value});
  };
  const auto add_number = [&](const char* title, const char* member, const char* unit) {
    if (const auto number = integer_at(execution, member))
      rows.push_back({title, std::to_string(*number) + unit});
  };
  add("message", text_at(execution, "message"));
  add_number("exit code", "exit_code", "");
  add_number("signal", "signal", "");
  add_number("time", "execution_time", " ms");
  add_number("CPU time", "cpu_time_ms", " ms");
  add_number("memory", "memory_kb", " KiB");
  add("created", text_at(execution, "created_at"));
  add("finished", text_at(execution, "finished_at"));
  for (const auto& test : array_at(execution, "tests"))
    rows.push_back({"test", text_at(test, "verdict") + " " + text_at(test, "name")});
  auto text = table(rows);
  if (const auto* compile = execution.find("compile"); compile && compile->object()) {
    const auto output = text_at(*compile, "stdout") + text_at(*compile, "stderr");
    if (!output.empty()) text += "\ncompiler:\n" + printable_lines(output);
  }
  add_lines(text, execution, "stdout");
  add_lines(text, execution, "stderr");
  return text;
}

/// For a query: what is not a letter, digit or one of -._~ as %XX (RFC 3986).
std::string encoded(const std::string& text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    const auto byte = static_cast<unsigned char>(c);
    if (plain)
      result += c;
    else
      result.append(1, '%').append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
  return result;
}

int show_one(const Server& server, const HistoryOptions& options) {
  if (!is_uuid(options.execution_id))
    throw Failure("\"" + options.execution_id + "\" is not the id of an execution");
  const auto answer =
      ask(server, std::string(kExecutionsPath) + "/" + options.execution_id + "?view=full");
  if (options.json)
    shown_stdout().add_json(answer.body);
  else
    print(execution_text(json::parse(answer.body)));
  return 0;
}

}  // namespace

int show_languages(const Server& server, const LanguagesOptions& options) {
  const auto answer = ask(server, "/api/v1/languages");
  if (options.json) {
    shown_stdout().add_json(answer.body);
    return 0;
  }
  const auto languages = json::parse(answer.body);
  Rows rows{{"ID", "NAME", "VERSIONS", "FILE", "OTHER NAMES", ""}};
  for (const auto& language : array_at(languages, "languages"))
    rows.push_back({text_at(language, "id"), text_at(language, "name"), versions_of(language),
                    text_at(language, "file_name"), joined(texts_at(language, "aliases")),
                    is_true(language, "available") ? "" : "(not available)"});
  print(table(rows));
  return 0;
}

int show_history(const Server& server, const HistoryOptions& options) {
  if (!options.execution_id.empty()) return show_one(server, options);
  auto path = std::string(kExecutionsPath) + "?limit=" + std::to_string(options.limit);
  if (!options.status.empty()) path += "&status=" + encoded(options.status);
  if (!options.language.empty()) path += "&language=" + encoded(options.language);
  const auto answer = ask(server, path);
  if (options.json) {
    shown_stdout().add_json(answer.body);
    return 0;
  }
  const auto history = json::parse(answer.body);
  Rows rows{{"ID", "CREATED", "LANGUAGE", "TIME", "STATUS"}};
  for (const auto& execution : array_at(history, "executions"))
    rows.push_back({text_at(execution, "execution_id"), text_at(execution, "created_at"),
                    text_at(execution, "language"), time_of(execution), status_of(execution)});
  print(table(rows));
  return 0;
}

}  // namespace runyard::cli
