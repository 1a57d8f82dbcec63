// webhook list, redeliver
#include "admin/command.hpp"
#include "core/admin_webhook_store.hpp"
#include "core/webhook_store.hpp"

namespace runyard::admin {
namespace {

struct ListOptions {
  bool failed = false;
  int most = 100;
  bool json = false;
};
struct RedeliverOptions {
  std::string id;
};

void list(Session& session, const ListOptions& options) {
  Table table({"id", "execution", "owner", "url", "state", "attempt", "created_at", "last_error"});
  for (const auto& row : AdminWebhookStore(session.database).list(options.failed, options.most))
    table.add({row.id, row.execution_id, row.owner, row.url, row.state, std::int64_t{row.attempt},
               row.created_at, row.last_error});
  print(session, table, options.json);
}

void redeliver(Session& session, const RedeliverOptions& options) {
  check_id(options.id, "ID");
  const auto found = AdminWebhookStore(session.database).find(options.id);
  if (!found || !WebhookStore(session.database).redeliver(found->first, found->second))
    throw Failure(kNoSuchThing, "there is no webhook " + options.id);
  session.console.out << "the webhook of execution " << found->first << " is due now\n";
}

}  // namespace

void add_webhook_commands(CLI::App& app, Action& action) {
  auto& noun = *app.add_subcommand("webhook", "Who is told of an end");
  const auto listed = add_verb(noun, action, "list", "List deliveries, the newest first", list);
  listed.app->add_flag("--failed", listed.options->failed, "Only those that were given up");
  listed.app->add_option("--most", listed.options->most, "So many at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  add_json(*listed.app, listed.options->json);

  const auto again =
      add_verb(noun, action, "redeliver", "Send one again, with all its attempts", redeliver);
  again.app->add_option("ID", again.options->id, "The webhook's id, or its execution's")
      ->required();
}

}  // namespace runyard::admin
