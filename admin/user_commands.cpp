// user add, list, password, disable, enable, remove
#include "admin/command.hpp"
#include "core/account.hpp"
#include "core/admin_user_store.hpp"
#include "core/password.hpp"
#include "core/terminal_text.hpp"
#include "core/text.hpp"

namespace runyard::admin {
namespace {

struct NewUserOptions {
  std::string name;
  std::string email;
  std::string full_name;
  bool no_password = false;
};
struct ListOptions {
  bool json = false;
};
struct UserOptions {
  std::string name;
  bool no_password = false;
};
struct RemoveOptions {
  std::string name;
  bool yes = false;
};

void check_text(const std::string& text, std::size_t most, const std::string& what) {
  auto rule = name_rule(text);
  if (rule.empty() && text.size() > most)
    rule = "must be at most " + std::to_string(most) + " bytes long";
  if (rule.empty() && !is_utf8(text)) rule = "must be UTF-8";
  if (!rule.empty()) throw Failure(kWrongUsage, what + " " + rule);
}

Account find(Session& session, const std::string& name) {
  auto found = AdminUserStore(session.database).find(name);
  if (!found) throw Failure(kNoSuchThing, "there is no user \"" + name + "\"");
  return std::move(*found);
}

std::string shown(const Account& account) {
  return printable(account.user.username) + " (" + account_owner(account.user.id) + ")";
}

void add(Session& session, const NewUserOptions& options) {
  if (options.name.empty()) throw Failure(kWrongUsage, "NAME must not be empty");
  check_text(options.name, kMaxUsernameBytes, "NAME");
  check_text(options.full_name, kMaxFullNameBytes, "--full-name");
  check_text(options.email, kMaxEmailBytes, "--email");
  if (!is_email(options.email))
    throw Failure(kWrongUsage, "--email must be an address such as name@example.com");
  const auto hash = options.no_password ? "" : hash_password(session.console.password());
  UserStore store(session.database);
  const auto outcome = store.add_user({options.name, options.email, options.full_name, hash});
  if (const auto* taken = std::get_if<Taken>(&outcome))
    throw Failure(kFailed, *taken == Taken::kUsername ? "NAME is another user's"
                                                      : "--email is another user's");
  session.console.out << "added " << shown({std::get<User>(outcome), {}, false, 0}) << "\n";
}

void list(Session& session, const ListOptions& options) {
  Table table(
      {"id", "username", "email", "full_name", "created_at", "disabled_at", "password", "keys"});
  for (const auto& account : AdminUserStore(session.database).users())
    table.add({account.user.id, account.user.username, account.user.email, account.user.full_name,
               account.user.created_at,
               account.disabled_at ? Cell(*account.disabled_at) : Cell(std::monostate()),
               account.has_password, account.keys});
  print(session, table, options.json);
}

void set_password(Session& session, const UserOptions& options) {
  const auto account = find(session, options.name);
  const auto hash = options.no_password ? "" : hash_password(session.console.password());
  AdminUserStore(session.database).set_password(account.user.id, hash);
  session.console.out << shown(account)
                      << (options.no_password ? " has no password" : " has a new password")
                      << "; what was signed in is no more\n";
}

void disable(Session& session, const UserOptions& options) {
  const auto account = find(session, options.name);
  AdminUserStore(session.database).set_disabled(account.user.id, true);
  session.console.out << shown(account)
                      << " is disabled: neither password nor tokens nor keys open anything, in 5 s "
                         "at the latest; what runs goes on\n";
}

void enable(Session& session, const UserOptions& options) {
  const auto account = find(session, options.name);
  AdminUserStore(session.database).set_disabled(account.user.id, false);
  session.console.out << shown(account) << " is enabled: password and keys are good again\n";
}

void remove(Session& session, const RemoveOptions& options) {
  const auto account = find(session, options.name);
  AdminUserStore store(session.database);
  const auto owner = account_owner(account.user.id);
  const auto owned = store.belongings(owner);
  session.console.err << shown(account) << ": " << owned.keys
                      << " keys, the quota and the webhook secret go with the account; "
                      << owned.executions << " executions (" << owned.unfinished << " unfinished), "
                      << owned.problems << " problems and " << owned.sessions
                      << " code sessions stay, as those of " << owner
                      << ", which nobody will be again\n";
  session.console.confirm("Remove this user?", options.yes);
  store.remove(account.user.id);
  session.console.out << "removed " << shown(account) << "\n";
}

}  // namespace

void add_user_commands(CLI::App& app, Action& action) {
  auto& noun = *app.add_subcommand("user", "Who may sign in");
  const auto added =
      add_verb(noun, action, "add",
               "Add a user; the password is asked for, or the first line of the input", add);
  added.app->add_option("NAME", added.options->name, "Name to sign in by")->required();
  added.app->add_option("--email", added.options->email, "E-mail address")->required();
  added.app->add_option("--full-name", added.options->full_name, "Name for people");
  added.app->add_flag("--no-password", added.options->no_password,
                      "Nobody can sign in by a password; keys work");

  const auto listed = add_verb(noun, action, "list", "List all users", list);
  add_json(*listed.app, listed.options->json);

  const auto password =
      add_verb(noun, action, "password", "Give a user another password, and end what is signed in",
               set_password);
  password.app->add_flag("--no-password", password.options->no_password, "Take the password away");
  const auto disabled =
      add_verb(noun, action, "disable",
               "Refuse a user's password, tokens and keys; what he owns stays", disable);
  const auto enabled = add_verb(noun, action, "enable", "Take a user in again", enable);
  for (const auto& verb : {password, disabled, enabled})
    verb.app->add_option("NAME", verb.options->name, "The user's name, in any case")->required();

  const auto removed = add_verb(noun, action, "remove",
                                "Remove a user; says first what goes and what stays", remove);
  removed.app->add_option("NAME", removed.options->name, "The user's name, in any case")
      ->required();
  removed.app->add_flag("--yes", removed.options->yes, "Do not ask");
}

}  // namespace runyard::admin
