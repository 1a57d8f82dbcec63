#include "admin/admin.hpp"

#include <algorithm>

#include "admin/command.hpp"
#include "core/schema.hpp"
#include "core/terminal_text.hpp"

namespace runyard::admin {
namespace {

constexpr char kName[] = "runyard-admin";
constexpr char kPurpose[] = "looks after a Runyard service through its database";

bool is_option(const std::string& text) { return text.rfind('-', 0) == 0; }
bool asks_for_help(const std::string& text) { return text == "--help" || text == "-h"; }

std::string names_of(const CLI::App& app) {
  std::string names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names += (names.empty() ? "" : ", ") + command->get_name();
  return names;
}

/// The library would say that an argument was not expected.
const CLI::App& known_command(const CLI::App& app, const std::string& path,
                              const std::string& name) {
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    if (command->get_name() == name) return *command;
  throw Failure(kWrongUsage,
                (name.empty() ? path + " needs a command"
                              : path + ": there is no command \"" + printable(name) + "\"") +
                    ": one of " + names_of(app));
}

/// What the arguments name; nullptr when help was asked for and given.
Action parse(const std::vector<std::string>& arguments, const std::string& settings_help,
             Console& console) {
  CLI::App app(std::string(kName) + " " + kPurpose + ".\n" + kName +
                   " [--SETTING=VALUE...] COMMAND VERB [ARGUMENTS...]",
               kName);
  Action action;
  add_user_commands(app, action);
  add_key_commands(app, action);
  add_quota_commands(app, action);
  add_worker_commands(app, action);
  add_queue_commands(app, action);
  add_history_commands(app, action);
  add_webhook_commands(app, action);
  app.footer(settings_help);

  if (arguments.empty() || !asks_for_help(arguments[0])) {
    const auto& noun = known_command(app, kName, arguments.empty() ? "" : arguments[0]);
    if (arguments.size() < 2 || !asks_for_help(arguments[1]))
      known_command(noun, kName + (" " + arguments[0]), arguments.size() < 2 ? "" : arguments[1]);
  }
  std::vector<const char*> argv{kName};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  try {
    app.parse(static_cast<int>(argv.size()), argv.data());
  } catch (const CLI::CallForHelp&) {
    console.out << app.help();
    return nullptr;
  } catch (const CLI::ParseError& e) {
    const auto command = kName + (" " + arguments[0]) + " " + arguments[1];
    throw Failure(kWrongUsage,
                  command + ": " + printable(e.what()) + " (see " + command + " --help)");
  }
  return action;
}

void run_command(const ConfigSources& sources, Console& console) {
  std::string db;
  const std::vector<Setting> settings = {with_alias(
      text_setting("db", db,
                   "libpq connection string of the schema's owner, as runyard-migrate has it."),
      "RUNNER_DB_DSN")};
  const auto& all = sources.arguments;
  const auto command = std::find_if_not(all.begin(), all.end(), is_option);
  ConfigSources before{{all.begin(), command}, sources.environment};
  std::vector<std::string> rest(command, all.end());
  if (std::any_of(before.arguments.begin(), before.arguments.end(), asks_for_help)) {
    before.arguments.clear();
    rest = {"--help"};
  }
  const auto help = config_help(kName, kPurpose, settings);
  // Also before help: a wrong setting would be told later anyway, and --version is answered here.
  if (!read_config(kName, kPurpose, settings, before, {"migrations_dir"})) return;
  const auto action = parse(rest, help.substr(help.find("Settings:")), console);
  if (!action) return;

  // Somebody's long transaction must not make this wait for ever; and the site waits behind whoever
  // waits for a lock on a whole table.
  set_session_defaults({"lock_timeout=3s"});
  Database database(db, 1);
  require_schema(database);
  require_owner(database);
  Session session{database, console};
  action(session);
}

}  // namespace

int run(const ConfigSources& sources, Console& console) {
  // Messages that name a command begin with the program's name already.
  const auto say = [&](const std::string& message) {
    if (message.rfind(kName, 0) != 0) console.err << kName << ": ";
    console.err << message << "\n";
  };
  try {
    run_command(sources, console);
    console.flush();
    return kDone;
  } catch (const Failure& failure) {
    say(printable(failure.what()));
    return failure.code();
  } catch (const ConfigError& e) {
    say(e.what());
    return kWrongUsage;
  } catch (const std::exception& e) {
    // PostgreSQL says some things in several lines.
    std::string message = e.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    say(printable(message));
    return kFailed;
  }
}

}  // namespace runyard::admin
