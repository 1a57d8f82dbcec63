#pragma once
// What commands are made of.
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "admin/console.hpp"
#include "admin/failure.hpp"
#include "admin/table.hpp"
#include "core/database.hpp"

namespace runyard::admin {

/// What a command runs in.
struct Session {
  Database& database;
  Console& console;
};

/// The command that the arguments named; set by parsing them.
using Action = std::function<void(Session&)>;

/// `noun verb`. `Options` are filled in by parsing, before `run` is called.
template <typename Options>
struct Verb {
  CLI::App* app;
  std::shared_ptr<Options> options;
};

template <typename Options>
Verb<Options> add_verb(CLI::App& noun, Action& action, const std::string& name,
                       const std::string& help, void (*run)(Session&, const Options&)) {
  auto options = std::make_shared<Options>();
  auto* app = noun.add_subcommand(name, help);
  app->callback([&action, options, run] {
    action = [options, run](Session& session) { run(session, *options); };
  });
  return {app, options};
}

inline void add_json(CLI::App& app, bool& json) {
  app.add_flag("--json", json, "Print JSON, for programs");
}
inline void print(Session& session, const Table& table, bool json) {
  session.console.out << (json ? table.json() + "\n" : table.text());
}

/// Throws Failure (kWrongUsage) unless it is a UUID.
void check_id(const std::string& text, const std::string& what);

/// The owner that people wrote: "account:ID", "user:NAME" or "addr:NETWORK" as they are, else the
/// name of a registered user. Throws Failure: kNoSuchThing for a name that nobody has.
std::string owner_named(Session& session, const std::string& text);

void add_user_commands(CLI::App& app, Action& action);
void add_key_commands(CLI::App& app, Action& action);
void add_quota_commands(CLI::App& app, Action& action);
void add_worker_commands(CLI::App& app, Action& action);
void add_queue_commands(CLI::App& app, Action& action);
void add_history_commands(CLI::App& app, Action& action);
void add_webhook_commands(CLI::App& app, Action& action);

}  // namespace runyard::admin
