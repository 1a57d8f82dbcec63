#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>

#include "cli/failure.hpp"
#include "cli/units.hpp"

namespace runyard::cli {
namespace {

constexpr char kMoreHelp[] =
    "The manual is runyard-cli(1). Settings: RUNYARD_URL, RUNYARD_API_KEY, RUNYARD_CA_FILE, "
    "~/.config/runyard/cli.conf.";

/// An amount with a unit, for CLI11's way to report what is none.
std::function<std::string(const std::string&)> amount(
    std::optional<std::int64_t>& target, std::optional<std::int64_t> (*read)(std::string_view),
    const char* rule) {
  return [&target, read, rule](const std::string& text) {
    target = read(text);
    return target ? std::string() : "\"" + text + "\" " + rule;
  };
}

void add_run(CLI::App& app, RunOptions& run, std::vector<std::string>& variables) {
  auto* command = app.add_subcommand("run", "Run a program; its output and exit code are ours");
  command
      ->add_option("FILE", run.files, "The program, then what belongs to it; - reads it from stdin")
      ->required();
  command->add_option("-l,--language", run.language, "Its language, instead of the suffix's");
  command->add_option("--version", run.version, "The language's version, or its beginning: 3.11");
  auto* input = command->add_option(
      "--stdin", run.input, "File with the program's input; - waits for that of a terminal");
  command->add_option("--env", variables, "NAME=VALUE of the program's environment; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--compile-arg", run.compile_arguments,
                   "Argument for the compiler (--compile-arg=-O3); repeatable")
      ->allow_extra_args(false);
  command->add_option("--time")
      ->description("Limit of time: 500ms, 2s, 1m")
      ->type_name("TIME")
      ->check(amount(run.time_ms, milliseconds_of, "is no time: 500ms, 2s, 1m"));
  command->add_option("--memory")
      ->description("Limit of memory: 64M, 1G")
      ->type_name("SIZE")
      ->check(amount(run.memory_kb, kibibytes_of, "is no size with a unit: 64M, 1G"));
  auto* tests = command->add_option("--tests", run.tests,
                                    "Tests: a JSON array, or a folder with NAME.in and NAME.out");
  command->add_option("--checker", run.checker, "How outputs are compared")
      ->check(CLI::IsMember({"exact", "trim", "tokens", "float", "unordered_lines"}))
      ->needs(tests);
  auto* problem = command->add_option("--problem", run.problem_id, "Answer this problem");
  tests->excludes(problem)->excludes(input);
  command->add_option("--artifact", run.artifacts, "File of the program's to save; repeatable")
      ->allow_extra_args(false);
  command->add_option("--artifacts", run.artifacts_folder, "Folder to save them in")
      ->capture_default_str();
  auto* json =
      command->add_flag("--json", run.json, "Print the API's final object and nothing else");
  command->add_flag("--detach", run.detach, "Print the execution's id and do not wait")
      ->excludes(json);
  command
      ->add_option(
          "--escapes", run.escapes,
          "The program's control characters: shown (as \\x1b), passed, or, by itself, shown "
          "on a terminal and passed elsewhere")
      ->type_name("auto|show|pass")
      ->check(CLI::IsMember({"auto", "show", "pass"}));
  command->add_flag("-q,--quiet", run.quiet, "No remarks: only what the program writes");
}

void add_history(CLI::App& app, HistoryOptions& history) {
  auto* command = app.add_subcommand("history", "Executions of yours, the newest first; or one");
  command->add_option("ID", history.execution_id, "The one to show");
  command->add_option("--limit", history.limit, "So many")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  command->add_option("--status", history.status, "Only with this status");
  command->add_option("--language", history.language, "Only in this language");
  command->add_flag("--json", history.json, "As the API gives it");
}

/// "NAME=VALUE" as a pair.
std::pair<std::string, std::string> variable_of(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Failure("--env: \"" + text + "\" is not NAME=VALUE");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

Arguments parse_arguments(std::vector<std::string> words) {
  Arguments arguments;
  RunOptions run;
  // By hand: to CLI11 what stands behind would be further files.
  const auto dashes = std::find(words.begin(), words.end(), "--");
  const bool has_dashes = dashes != words.end();
  if (has_dashes) run.arguments.assign(dashes + 1, words.end());
  words.erase(dashes, words.end());

  LanguagesOptions languages;
  HistoryOptions history;
  LoginOptions login;
  std::vector<std::string> variables;
  CLI::App app("Runs programs on a Runyard server.", "runyard-cli");
  app.footer(kMoreHelp);
  app.set_version_flag("--version", "runyard-cli " RUNYARD_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--url", arguments.server.url, "The server's address (http://localhost:8080)");
  app.add_option("--ca-file", arguments.server.ca_file, "Certificates to trust (PEM)");
  add_run(app, run, variables);
  app.add_subcommand("languages", "What the server can run")
      ->add_flag("--json", languages.json, "As the API gives it");
  add_history(app, history);
  auto* sign_in = app.add_subcommand("login", "Sign in and keep an API key for this machine");
  auto* with_key = sign_in->add_flag("--key", login.with_key, "Read an API key from stdin instead");
  sign_in->add_option("--user", login.user, "The user's name, which is asked for otherwise")
      ->excludes(with_key);
  app.add_subcommand("logout", "End that key and forget it");

  try {
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    arguments.command = Help{chosen.empty() ? app.help() : chosen.front()->help("runyard-cli")};
    return arguments;
  } catch (const CLI::CallForVersion& version) {
    arguments.command = Help{std::string(version.what()) + "\n"};
    return arguments;
  } catch (const CLI::ParseError& error) {
    throw Failure(std::string(error.what()) + " (runyard-cli --help)");
  }
  const auto command = app.get_subcommands().front()->get_name();
  if (has_dashes && command != "run") throw Failure("--: only a program of `run` has arguments");
  for (const auto& variable : variables) run.environment.push_back(variable_of(variable));
  if (command == "run")
    arguments.command = std::move(run);
  else if (command == "languages")
    arguments.command = languages;
  else if (command == "history")
    arguments.command = std::move(history);
  else if (command == "login")
    arguments.command = std::move(login);
  else
    arguments.command = LogoutOptions{};
  return arguments;
}

}  // namespace runyard::cli
