// queue show, requeue, cancel
#include "admin/command.hpp"
#include "core/admin_queue_store.hpp"
#include "core/execution_store.hpp"
#include "core/json.hpp"

namespace runyard::admin {
namespace {

struct ShowOptions {
  int most = 20;
  bool json = false;
};
struct RequeueOptions {
  std::string execution;
  std::string worker;
};
struct CancelOptions {
  std::string execution;
};

Cell number_or_none(const std::optional<std::int64_t>& number) {
  return number ? Cell(*number) : Cell(std::monostate());
}

void show(Session& session, const ShowOptions& options) {
  const auto view = AdminQueueStore(session.database).queue(options.most);
  Table owners({"owner", "queued", "running", "oldest_wait_ms"});
  for (const auto& owner : view.owners)
    owners.add({owner.owner, owner.queued, owner.running, number_or_none(owner.oldest_wait_ms)});
  Table executions(
      {"execution", "owner", "worker", "host", "attempt", "cancelled", "running_ms", "lease_ms"});
  for (const auto& one : view.executions)
    executions.add({one.id, one.owner, one.worker, one.host, std::int64_t{one.attempt},
                    one.cancelled, one.running_ms, one.lease_ms});
  auto& out = session.console.out;
  if (options.json) {
    json::Writer writer;
    writer.begin_object()
        .member("queued", view.queued)
        .member("running", view.running)
        .member("live", view.live);
    writer.key("oldest_wait_ms");
    view.oldest_wait_ms ? writer.integer(*view.oldest_wait_ms) : writer.null();
    writer.key("owners").raw(owners.json()).key("executions").raw(executions.json()).end_object();
    out << writer.text() << "\n";
    return;
  }
  out << "queued " << view.queued;
  if (view.oldest_wait_ms) out << " (the oldest for " << *view.oldest_wait_ms << " ms)";
  out << ", running " << view.running << ", live runs " << view.live << "\n";
  if (!view.owners.empty()) out << "\n" << owners.text();
  if (!view.executions.empty()) out << "\n" << executions.text();
}

void requeue_one(Session& session, AdminQueueStore& store, const std::string& id) {
  check_id(id, "EXECUTION");
  const auto refuse = [&](const std::string& why) {
    throw Failure(kNoSuchThing, "execution " + id + why);
  };
  switch (store.requeue(id)) {
    case RequeueOutcome::kRequeued:
      session.console.out << "execution " << id << " is queued again; its attempt counts\n";
      return;
    case RequeueOutcome::kEndsCancelled:
      session.console.out << "execution " << id
                          << " was to be cancelled, and ends so within seconds\n";
      return;
    case RequeueOutcome::kLastAttempt:
      return refuse(" is in its last attempt, so it cannot be queued again: queue cancel ends it");
    case RequeueOutcome::kQueued:
      return refuse(" waits in the queue: no worker has it");
    case RequeueOutcome::kFinished:
      return refuse(" is over");
    case RequeueOutcome::kNotFound:
      throw Failure(kNoSuchThing, "there is no execution " + id);
  }
}

void requeue(Session& session, const RequeueOptions& options) {
  if (options.execution.empty() == options.worker.empty())
    throw Failure(kWrongUsage, "name an EXECUTION, or a worker by --worker=ID");
  AdminQueueStore store(session.database);
  if (options.worker.empty()) return requeue_one(session, store, options.execution);
  check_id(options.worker, "--worker");
  const auto outcome = store.requeue_of(options.worker);
  for (const auto& id : outcome.requeued) session.console.out << id << "\n";
  if (outcome.requeued.empty() && outcome.cancelled.empty() && outcome.last_attempt.empty())
    throw Failure(kNoSuchThing, "worker " + options.worker + " has no execution");
  for (const auto& id : outcome.cancelled)
    session.console.err << "execution " << id
                        << " was to be cancelled, and ends so within seconds\n";
  for (const auto& id : outcome.last_attempt)
    session.console.err << "execution " << id
                        << " is in its last attempt and stays with its worker\n";
}

void cancel(Session& session, const CancelOptions& options) {
  check_id(options.execution, "EXECUTION");
  const auto owner = AdminQueueStore(session.database).owner_of(options.execution);
  const auto outcome = owner ? ExecutionStore(session.database).cancel(options.execution, *owner)
                             : CancelOutcome::kNotFound;
  auto& out = session.console.out;
  if (outcome == CancelOutcome::kCancelled) {
    out << "execution " << options.execution << " is cancelled\n";
  } else if (outcome == CancelOutcome::kRequested) {
    out << "execution " << options.execution << " runs: its worker was asked to kill it\n";
  } else if (outcome == CancelOutcome::kAlreadyTerminal) {
    throw Failure(kNoSuchThing, "execution " + options.execution + " is over");
  } else {
    throw Failure(kNoSuchThing, "there is no execution " + options.execution);
  }
}

}  // namespace

void add_queue_commands(CLI::App& app, Action& action) {
  auto& noun = *app.add_subcommand("queue", "What is to be run, and what runs");
  const auto shown =
      add_verb(noun, action, "show",
               "Show how much waits and runs, whose it is, and what runs longest", show);
  shown.app->add_option("--most", shown.options->most, "So many owners and executions at most")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  add_json(*shown.app, shown.options->json);

  const auto requeued = add_verb(
      noun, action, "requeue",
      "Take executions that run away from a worker that hangs: another attempt begins", requeue);
  requeued.app->add_option("EXECUTION", requeued.options->execution, "An execution's id");
  requeued.app->add_option("--worker", requeued.options->worker, "A worker's id: all that it has");

  const auto cancelled =
      add_verb(noun, action, "cancel", "End an execution, whoever's it is", cancel);
  cancelled.app->add_option("EXECUTION", cancelled.options->execution, "The execution's id")
      ->required();
}

}  // namespace runyard::admin
