// key add, list, revoke
#include <algorithm>

#include "admin/command.hpp"
#include "core/account.hpp"
#include "core/admin_user_store.hpp"
#include "core/ids.hpp"
#include "core/terminal_text.hpp"
#include "core/text.hpp"

namespace runyard::admin {
namespace {

struct NewKeyOptions {
  std::string owner;
  std::string name;
  std::vector<std::string> scopes{"read", "submit"};
};
struct ListOptions {
  std::string owner;
  bool json = false;
};
struct RevokeOptions {
  std::string id;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

/// In the usual order, each once.
std::vector<std::string> checked_scopes(const std::vector<std::string>& wanted) {
  const auto& known = scope_names();
  for (const auto& scope : wanted)
    if (std::find(known.begin(), known.end(), scope) == known.end())
      throw Failure(kWrongUsage,
                    "--scopes must be of " + joined(known) + ", not \"" + scope + "\"");
  std::vector<std::string> scopes;
  for (const auto& scope : known)
    if (std::find(wanted.begin(), wanted.end(), scope) != wanted.end()) scopes.push_back(scope);
  if (scopes.empty())
    throw Failure(kWrongUsage, "--scopes must name at least one of " + joined(known));
  return scopes;
}

void add(Session& session, const NewKeyOptions& options) {
  if (options.name.empty() || options.name.size() > kMaxKeyNameBytes || !is_utf8(options.name))
    throw Failure(kWrongUsage,
                  "--name must be 1 to " + std::to_string(kMaxKeyNameBytes) + " bytes of UTF-8");
  const auto scopes = checked_scopes(options.scopes);
  const auto owner = owner_named(session, options.owner);
  if (owner.rfind("addr:", 0) == 0)
    throw Failure(kWrongUsage,
                  "OWNER must not be an address: whoever has it tomorrow would find today's keys");
  if (const auto id = account_of(owner); id && !UserStore(session.database).find_user(*id))
    throw Failure(kNoSuchThing, "there is no user " + owner);
  const auto text = new_api_key();
  const auto key = UserStore(session.database)
                       .add_key({new_uuid7(), owner, options.name, digest_of_key(text), scopes},
                                kMaxKeysOfOwner);
  if (!key && UserStore(session.database).keys(owner).size() < kMaxKeysOfOwner)
    throw Failure(kNoSuchThing, printable(owner) + " is disabled, or was removed meanwhile");
  if (!key)
    throw Failure(kFailed, printable(owner) + " has " + std::to_string(kMaxKeysOfOwner) +
                               " keys already: revoke one first");
  // Apart, so that a script gets the key alone.
  session.console.err << "key " << key->id << " of " << printable(owner) << " for "
                      << joined(key->scopes) << "; it is shown only now:\n";
  session.console.out << text << "\n";
  session.console.flush("; nobody has seen the key: runyard-admin key revoke " + key->id);
}

void list(Session& session, const ListOptions& options) {
  const auto owner = options.owner.empty() ? "" : owner_named(session, options.owner);
  Table table({"id", "owner", "name", "scopes", "created_at", "last_used_at"});
  for (const auto& key : AdminUserStore(session.database).keys(owner))
    table.add({key.id, key.owner, key.name, joined(key.scopes), key.created_at,
               key.last_used_at ? Cell(*key.last_used_at) : Cell(std::monostate())});
  print(session, table, options.json);
}

void revoke(Session& session, const RevokeOptions& options) {
  check_id(options.id, "ID");
  const auto key = AdminUserStore(session.database).revoke(options.id);
  if (!key) throw Failure(kNoSuchThing, "there is no key " + options.id);
  session.console.out << "revoked " << key->id << " (" << printable(key->name) << ") of "
                      << printable(key->owner) << "; it is good for 5 s more at most\n";
}

}  // namespace

void add_key_commands(CLI::App& app, Action& action) {
  auto& noun = *app.add_subcommand("key", "API keys");
  const auto added = add_verb(noun, action, "add", "Make a key; it is printed once", add);
  added.app->add_option("OWNER", added.options->owner, "A user's name, account:ID or user:NAME")
      ->required();
  added.app->add_option("--name", added.options->name, "What the key is for")->required();
  added.app
      ->add_option("--scopes", added.options->scopes,
                   "Of read, submit, author, account, priority; commas between")
      ->delimiter(',')
      ->capture_default_str();

  const auto listed = add_verb(noun, action, "list", "List all keys, or those of an owner", list);
  listed.app->add_option("OWNER", listed.options->owner, "A user's name, account:ID or user:NAME");
  add_json(*listed.app, listed.options->json);

  const auto revoked = add_verb(noun, action, "revoke", "Remove a key", revoke);
  revoked.app->add_option("ID", revoked.options->id, "The key's id, as key list has it")
      ->required();
}

}  // namespace runyard::admin
