// history partitions, make-partitions, retain
#include "admin/command.hpp"
#include "core/admin_history_store.hpp"

namespace runyard::admin {
namespace {

// Large enough that the commits cost little, small enough that nobody waits for the rows.
constexpr int kBatch = 1000;
constexpr int kBatchesAReport = 10;

struct PartitionsOptions {
  bool json = false;
};
struct MakeOptions {
  int ahead = 2;
};
struct RetainOptions {
  int days = 0;
  bool dry_run = false;
  bool sessions = false;
  bool yes = false;
};

void partitions(Session& session, const PartitionsOptions& options) {
  Table table({"month", "executions", "execution_bytes", "result_bytes"});
  for (const auto& month : AdminHistoryStore(session.database).months())
    table.add({month.month, month.executions < 0 ? Cell(std::monostate()) : Cell(month.executions),
               Bytes{month.execution_bytes}, Bytes{month.result_bytes}});
  print(session, table, options.json);
}

void make(Session& session, const MakeOptions& options) {
  AdminHistoryStore store(session.database);
  const auto before = store.months().size();
  store.make_months(options.ahead);
  const auto months = store.months();
  session.console.out << "made " << months.size() - before << " months; the last is "
                      << months.back().month << "\n";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += " " + name;
  return text;
}

/// Batch by batch until none is left. Says how far it is.
std::int64_t remove_all(Session& session, const std::string& what, std::int64_t expected,
                        const std::function<int()>& remove_batch) {
  std::int64_t removed = 0;
  for (int batch = 1;; ++batch) {
    const int gone = remove_batch();
    removed += gone;
    if (gone == 0) return removed;
    if (batch % kBatchesAReport == 0)
      session.console.err << removed << " of " << expected << " " << what << " removed\n"
                          << std::flush;
  }
}

void retain(Session& session, const RetainOptions& options) {
  AdminHistoryStore store(session.database);
  const auto moment = store.days_ago(options.days);
  const auto old = store.older_than(moment);
  auto& out = session.console.out;
  out << "older than " << moment << ": " << old.months.size() << " whole months"
      << listed(old.months) << ", " << old.executions << " executions beside them";
  if (options.sessions) out << ", " << old.sessions << " code sessions";
  if (old.unfinished > 0) out << "; " << old.unfinished << " unfinished ones stay";
  out << "\n" << std::flush;
  if (options.dry_run) return;
  if (old.months.empty() && old.executions == 0 && (!options.sessions || old.sessions == 0)) return;
  session.console.confirm("Remove them for ever?", options.yes);

  const int months = store.drop_months(moment);
  const auto executions = remove_all(session, "executions", old.executions,
                                     [&] { return store.remove_executions(moment, kBatch); });
  out << "removed " << months << " months and " << executions << " executions";
  if (options.sessions)
    out << " and " << remove_all(session, "code sessions", old.sessions, [&] {
      return store.remove_sessions(moment, kBatch);
    }) << " code sessions";
  out << "\n";
}

}  // namespace

void add_history_commands(CLI::App& app, Action& action) {
  auto& noun = *app.add_subcommand("history", "Executions and results that are kept");
  const auto shown =
      add_verb(noun, action, "partitions", "List the months with their sizes", partitions);
  add_json(*shown.app, shown.options->json);

  const auto made =
      add_verb(noun, action, "make-partitions",
               "Make the partitions of this month and the next ones (workers do it, too)", make);
  made.app->add_option("--ahead", made.options->ahead, "So many months beyond this one")
      ->check(CLI::Range(0, 120))
      ->capture_default_str();

  const auto retained =
      add_verb(noun, action, "retain",
               "Keep the last DAYS days of executions; remove what is older", retain);
  retained.app->add_option("DAYS", retained.options->days, "Days to keep")
      ->required()
      ->check(CLI::Range(1, 36'500));
  retained.app->add_flag("--sessions", retained.options->sessions,
                         "Code sessions that nobody has changed or run since, too");
  retained.app->add_flag("--dry-run", retained.options->dry_run, "Only say what would go");
  retained.app->add_flag("--yes", retained.options->yes, "Do not ask");
}

}  // namespace runyard::admin
