// worker list, drain, undrain
#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "admin/command.hpp"
#include "core/admin_queue_store.hpp"
#include "core/terminal_text.hpp"

namespace runyard::admin {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A worker that is there writes its row at each heartbeat, also when the table was lost in a crash.
constexpr auto kGone = 15s;
constexpr auto kLook = 200ms;

struct ListOptions {
  bool json = false;
};
struct DrainOptions {
  std::string worker;
  int wait_s = 0;
};

std::string shown(const FleetMember& member) {
  return "worker " + member.id + " on " + printable(member.host);
}

std::vector<FleetMember> find(AdminQueueStore& store, const std::string& wanted) {
  std::vector<FleetMember> found;
  for (auto& member : store.workers())
    if (member.id == wanted || member.host == wanted) found.push_back(std::move(member));
  if (found.empty())
    throw Failure(kNoSuchThing, "there is no worker with the id or on the host \"" + wanted + "\"");
  return found;
}

std::vector<std::string> ids_of(const std::vector<FleetMember>& members) {
  std::vector<std::string> ids;
  for (const auto& member : members) ids.push_back(member.id);
  return ids;
}

void list(Session& session, const ListOptions& options) {
  Table table({"id", "host", "state", "slots", "running", "holds", "warm", "images", "sandbox",
               "started_at", "seen_s_ago"});
  for (const auto& member : AdminQueueStore(session.database).workers()) {
    const char* state = !member.alive     ? "lost"
                        : member.drained  ? "drained"
                        : member.draining ? "draining"
                                          : "working";
    table.add({member.id, member.host, std::string(state), std::int64_t{member.slots},
               std::int64_t{member.running}, member.holds, std::int64_t{member.warm},
               std::int64_t{member.images}, member.sandbox, member.started_at, member.seen_s_ago});
  }
  print(session, table, options.json);
}

/// Until each has nothing more, or is no more.
void wait_for(Session& session, AdminQueueStore& store, const std::vector<FleetMember>& members,
              int seconds) {
  std::map<std::string, Clock::time_point> seen;
  std::map<std::string, const FleetMember*> waiting;
  for (const auto& member : members) {
    waiting[member.id] = &member;
    seen[member.id] = Clock::now();
  }
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    const auto look = Clock::now();
    for (const auto& now : store.workers()) {
      const auto found = waiting.find(now.id);
      if (found == waiting.end()) continue;
      seen[now.id] = look;
      if (!now.draining) throw Failure(kFailed, shown(now) + " was undrained meanwhile");
      if (now.alive && !now.drained) continue;
      session.console.out << shown(now)
                          << (now.alive ? " is drained\n" : " is lost: others take what it had\n");
      waiting.erase(found);
    }
    for (auto it = waiting.begin(); it != waiting.end();) {
      const bool gone = Clock::now() - seen[it->first] > kGone;
      if (gone) session.console.out << shown(*it->second) << " has ended\n";
      it = gone ? waiting.erase(it) : std::next(it);
    }
    if (waiting.empty()) return;
    if (Clock::now() >= end) {
      const auto& [id, member] = *waiting.begin();
      const auto after = " after " + std::to_string(seconds) + " s; it ";
      throw Failure(kFailed,
                    shown(*member) + (seen[id] == look
                                          ? " is not drained" + after + "goes on draining"
                                          : " is not listed any more" + after +
                                                "has ended, or is back with its next heartbeat"));
    }
    std::this_thread::sleep_for(kLook);
  }
}

void drain(Session& session, const DrainOptions& options) {
  if (options.wait_s < 0) throw Failure(kWrongUsage, "--wait must be a number of seconds from 0");
  AdminQueueStore store(session.database);
  const auto members = find(store, options.worker);
  store.set_draining(ids_of(members), true);
  for (const auto& member : members) session.console.out << shown(member) << " drains\n";
  if (options.wait_s > 0) wait_for(session, store, members, options.wait_s);
}

void undrain(Session& session, const DrainOptions& options) {
  AdminQueueStore store(session.database);
  const auto members = find(store, options.worker);
  store.set_draining(ids_of(members), false);
  for (const auto& member : members) session.console.out << shown(member) << " works again\n";
}

}  // namespace

void add_worker_commands(CLI::App& app, Action& action) {
  auto& noun = *app.add_subcommand("worker", "Worker processes");
  const auto listed = add_verb(noun, action, "list", "List the workers and what they do", list);
  add_json(*listed.app, listed.options->json);

  const auto drained =
      add_verb(noun, action, "drain",
               "Let workers take nothing more and end what they have; they stay, idle", drain);
  drained.app->add_flag("--wait{600}", drained.options->wait_s,
                        "Wait until they have nothing more, so many seconds at most (600)");
  const auto undrained =
      add_verb(noun, action, "undrain", "Let drained workers work again", undrain);
  for (const auto& verb : {drained, undrained})
    verb.app
        ->add_option("WORKER", verb.options->worker, "A worker's id, or a host: all its workers")
        ->required();
}

}  // namespace runyard::admin
