// runyard-worker: claims executions from PostgreSQL, runs them in sandboxes, records the results.
//
// Threads, and what each waits for:
//   main          signals: SIGTERM and SIGINT drain, a second one ends at once
//   queue loop    room or results; the only one that claims and records (one connection)
//   slots         a claim, then a sandbox's frames; each runs one execution at a time
//   creators      a wish for a sandbox; each starts one container at a time
//   process host  the docker clients' ends (Boost.Process on an Asio loop); reaps them
//   live slots    the same for live runs, which wait for people most of the time
//   webhooks      what is due in the outbox, and receivers' answers (one connection); names are
//                 looked up on threads of their own
//   live output   events of followed executions, to be written (one connection)
//   live input    what is typed into live runs (one connection)
//   listener      NOTIFY: new work, cancellations, live input and followers (one connection)
//   cancellations what was told of one that runs here, to be read from its row
//   figures       what it counts, written each five seconds
//   keeper        the clock, a thread each: heartbeats, rescue, partitions, images, tidying (one
//                 connection, at times two)
//
// Every sandbox is a child process, `docker run -i` (or bubblewrap with `sandbox = local`); its
// stdin is a pipe that only this process holds. When this process ends in any way, the pipe closes,
// and the agent at its end kills everything and exits.
//
// Exit codes: 0 after a drain, 1 when it cannot start, 2 for wrong settings.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>
#include <thread>

#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/metrics_process.hpp"
#include "core/metrics_store.hpp"
#include "core/schema.hpp"
#include "core/spec_file.hpp"
#include "worker/cancellations.hpp"
#include "worker/container_scope.hpp"
#include "worker/hints.hpp"
#include "worker/host_memory.hpp"
#include "worker/keeper.hpp"
#include "worker/slots.hpp"
#include "worker/worker_config.hpp"
#include "worker/worker_metrics.hpp"

namespace {

using namespace runyard;
using namespace std::chrono_literals;

// What an idle sandbox costs its host in all (docker client, shim, agent); measured by the bench,
// row 9.
constexpr int kIdleSandboxMb = 45;

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

DockerSettings docker_settings(const WorkerConfig& config, const ContainerScope& scope) {
  DockerSettings docker;
  docker.docker = find_program(config.docker);
  docker.host = config.docker_host;
  docker.seccomp_profile = std::filesystem::absolute(config.seccomp_profile).string();
  docker.apparmor_profile = config.apparmor_profile;
  docker.runtime = config.runtime;
  docker.label = scope.label();
  docker.agent = find_agent(config.agent);
  const auto empty = std::filesystem::path(config.state_dir) / "docker-config";
  std::filesystem::create_directories(empty);
  docker.config_dir = std::filesystem::absolute(empty).string();
  if (!std::filesystem::exists(docker.seccomp_profile))
    throw ConfigError("seccomp_profile: there is no " + docker.seccomp_profile);
  return docker;
}

LanguageCatalog read_languages(const WorkerConfig& config) {
  std::vector<FieldError> errors;
  auto languages = load_languages(config.languages_dir, config.spec_file, errors);
  for (const auto& error : errors)
    log::error("language left out", {{"file", error.field}, {"error", error.message}});
  if (languages.all().empty())
    throw ConfigError("languages_dir: no language in " + config.languages_dir);
  return languages;
}

std::set<std::string> image_references(const LanguageCatalog& languages) {
  std::set<std::string> references;
  for (const auto* language : languages.every_version())
    if (!language->image_reference.empty()) references.insert(language->image_reference);
  return references;
}

void sweep_leftovers(ProcessHost& processes, const DockerSettings& docker,
                     const ContainerScope& scope) {
  scope.sweep_abandoned([&](const std::string& label) {
    const auto listed = processes.run(list_containers(docker, label), 20s);
    if (!listed.ok) return;
    std::vector<std::string> ids;
    for (std::size_t at = 0; at < listed.out.size();) {
      const auto end = std::min(listed.out.find('\n', at), listed.out.size());
      if (end > at) ids.push_back(listed.out.substr(at, end - at));
      at = end + 1;
    }
    if (ids.empty()) return;
    log::warn("removing leftover containers", {{"label", label}, {"count", ids.size()}});
    processes.run(remove_containers(docker, ids), 60s);
  });
}

/// What runs programs here.
struct Engine {
  LanguageCatalog languages;
  SandboxCommands commands;
  std::unique_ptr<Images> images;
  std::string runtime;  ///< recorded with each result
};

Engine docker_engine(const WorkerConfig& config, const ContainerScope& scope,
                     ProcessHost& processes) {
  auto docker = docker_settings(config, scope);
  auto languages = read_languages(config);
  auto references = image_references(languages);
  if (!references.empty() && docker.agent.empty())
    throw ConfigError("agent: images of your own need it, and there is none beside this program");
  sweep_leftovers(processes, docker, scope);
  auto images = std::make_unique<Images>(processes, docker, std::move(references));
  return {std::move(languages), std::move(docker), std::move(images),
          config.runtime.empty() ? "runc" : config.runtime};
}

Engine local_engine(const WorkerConfig& config, const std::string& config_file) {
  LocalSettings local;
  local.bwrap = find_program("bwrap", "sandbox");
  local.agent = find_agent(config.agent, "runyard-agent-local");
  local.as_root = ::geteuid() == 0;
  const auto from_environment = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  hide_secrets(local, config_file, config.db + " passfile=" + from_environment("PGPASSFILE"),
               {config.state_dir, from_environment("HOME")});
  if (local.agent.empty())
    throw ConfigError("agent: there is no runyard-agent-local beside this program");
  auto languages = languages_on_host(read_languages(config), is_program_on_host);
  log::warn(kLocalWarning);
  for (const auto& language : languages.all())
    log::info("language is on this host", {{"language", language.id}});
  auto images = std::make_unique<Images>(local_images(languages));
  return {std::move(languages), std::move(local), std::move(images), "bubblewrap"};
}

struct SlotCounts {
  int ordinary = 0;
  int live = 0;
};

void ask_of_worker(metrics::Asked& asked, SlotCounts slots, const QueueLoop& loop,
                   const SandboxPool& pool, const Keeper& keeper) {
  ask_of_process(asked);
  begin_worker_metrics();
  const char* all = "Executions that can run at a time.";
  const char* busy = "Executions that hold a slot.";
  asked.gauge("runyard_worker_slots", all, {{"class", "ordinary"}},
              [slots] { return slots.ordinary; });
  asked.gauge("runyard_worker_slots", all, {{"class", "live"}}, [slots] { return slots.live; });
  asked.gauge("runyard_worker_busy_slots", busy, {{"class", "ordinary"}},
              [&loop] { return loop.busy_slots(); });
  asked.gauge("runyard_worker_busy_slots", busy, {{"class", "live"}},
              [&loop] { return loop.running() - loop.busy_slots(); });
  asked.gauge("runyard_worker_parked_executions",
              "Executions that gave their slot to others and wait for another turn.", {},
              [&loop] { return loop.parked(); });
  asked.gauge("runyard_worker_heartbeat_age_seconds", "Since the last sign of life was written.",
              {}, [&keeper] { return keeper.since_heartbeat().count(); });
  asked.gauge("runyard_worker_engine_healthy",
              "0 while sandboxes cannot be started: then nothing is claimed.", {},
              [&pool] { return pool.healthy() ? 1 : 0; });
  asked.gauge("runyard_worker_lent_memory_bytes",
              "What the programs that run may use together, by their limits.", {},
              [&pool] { return pool.counts().lent_kb * kKib; });
  asked.gauge("runyard_worker_await_memory", "Executions that wait until memory is free.", {},
              [&pool] { return pool.counts().await_memory; });
  const auto sandboxes = [&](const char* state, int SandboxPool::Counts::*count) {
    asked.gauge("runyard_sandboxes", "Sandboxes: ready and fresh, kept for their owner, at work.",
                {{"state", state}}, [&pool, count] { return pool.counts().*count; });
  };
  sandboxes("ready", &SandboxPool::Counts::ready);
  sandboxes("parked", &SandboxPool::Counts::parked);
  sandboxes("in_use", &SandboxPool::Counts::lent);
  sandboxes("starting", &SandboxPool::Counts::starting);
}

/// Until a signal comes; then lets running executions finish, bounded by drain_s or a second
/// signal.
void wait_and_drain(const sigset_t& signals, QueueLoop& loop, const Holdings& holdings,
                    const WorkerConfig& config) {
  int signal = 0;
  ::sigwait(&signals, &signal);
  log::info("draining", {{"signal", signal}});
  loop.drain();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(config.drain_s);
  while (!holdings.empty() && std::chrono::steady_clock::now() < deadline) {
    const timespec pause = {0, 50'000'000};
    if (::sigtimedwait(&signals, nullptr, &pause) > 0) break;
  }
}

void serve(const WorkerConfig& config, const std::string& config_file) {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread below
  ::signal(SIGPIPE, SIG_IGN);

  const int slots =
      config.slots > 0 ? config.slots : std::max(1U, std::thread::hardware_concurrency());
  auto session = kWorkQueuePlans;
  session.insert(session.end(),
                 {"statement_timeout=30s", "idle_in_transaction_session_timeout=30s"});
  set_session_defaults(session);
  const ContainerScope scope(config.state_dir);
  Database database(config.db, 5);
  require_schema(database);

  const std::string worker_id = new_uuid7();
  log::info("worker starts", {{"worker", worker_id}, {"slots", slots}, {"label", scope.label()}});
  ProcessHost processes;
  const auto engine = config.sandbox == "local" ? local_engine(config, config_file)
                                                : docker_engine(config, scope, processes);
  const auto& languages = engine.languages;
  auto& images = *engine.images;

  PoolSettings pool_settings;
  pool_settings.max_sandboxes =
      std::min(config.sandbox_memory_mb / kIdleSandboxMb, kSandboxesPerWorker);
  pool_settings.creators = config.creators;
  pool_settings.memory_kb =
      config.memory_mb > 0 ? config.memory_mb * kMib / kKib : host_memory_kb() / 4 * 3;
  log::info("memory for programs", {{"mb", pool_settings.memory_kb / kKib}});
  pool_settings.max_jobs = config.sandbox_max_jobs;
  pool_settings.max_age = std::chrono::seconds(config.sandbox_max_age_s);
  pool_settings.max_idle = std::chrono::seconds(config.sandbox_max_idle_s);
  SandboxPool pool(pool_settings, [&](const SandboxClass& sandbox_class, int index) {
    return std::make_unique<Sandbox>(processes, engine.commands, sandbox_class,
                                     scope.uid_base(index), pool_settings.start_deadline);
  });

  CompileCache cache(static_cast<std::size_t>(config.compile_cache_mb) * 1024 * 1024);
  ExecutionServices services{languages, images, pool, cache, engine.runtime};
  WorkQueue queue(database, worker_id);
  LiveStore live_store(database);
  LiveRuns live_runs(live_tables(live_store));
  Holdings holdings;
  const Webhooks webhooks(config.webhooks, config.db, worker_id);
  std::vector<std::string> given_up;
  std::vector<Finished> lost;  // live runs that are ended by our end
  {
    QueueLoopSettings loop_settings;
    loop_settings.slots = slots;
    loop_settings.prefetch = config.prefetch;
    loop_settings.live_slots = config.live_slots;
    loop_settings.owner_share = config.owner_share;
    QueueLoop loop(queue, holdings, loop_settings, [&] {
      return pool.healthy() ? runnable_images(languages, images) : std::vector<std::string>();
    });
    Keeper keeper({host_name(), slots, config.retention_days, config.sandbox}, queue, loop,
                  holdings, images, pool, languages, live_runs);
    const Slots running(loop.threads(), config.live_slots, loop, holdings, services, live_runs);
    Cancellations cancellations(
        holdings, [&queue](const std::vector<std::string>& ids) { return queue.cancelled(ids); });
    const Listener listener = listen_to_hints(
        config.db, {worker_id, loop, live_runs, cancellations, [&keeper] { keeper.told(); }});
    metrics::Asked asked;
    ask_of_worker(asked, {slots, config.live_slots}, loop, pool, keeper);
    MetricsStore metrics_store(database);
    const MetricsWriter metrics_writer(metrics_store, process_name("worker"));
    wait_and_drain(signals, loop, holdings, config);
    given_up = holdings.ids();
    for (const auto& [id, attempt] : holdings.live_runs())
      lost.push_back({id, attempt, live_run_lost()});
    for (const auto& id : given_up) {
      if (const auto stop = holdings.find(id)) stop->abandon();
    }
    loop.stop();
  }
  // What still ran was abandoned: it is given back, for another worker to run. Live runs have begun
  // for somebody, and end here.
  if (!lost.empty()) queue.turn(lost, 0, {});
  queue.hand_back(given_up);
  queue.sign_off();
  log::info("worker ends", {{"worker", worker_id}});
}

}  // namespace

int main(int argc, char** argv) {
  WorkerConfig config;
  try {
    const auto sources = process_sources(argc, argv);
    if (!read_config("runyard-worker", "runs executions in sandboxes", worker_settings(config),
                     sources))
      return 0;
    log::init("runyard-worker", config.log_level);
    serve(config, config_file(sources));
    return 0;
  } catch (const ConfigError& e) {
    std::cerr << e.what() << "\n";
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "runyard-worker: " << e.what() << "\n";
    return 1;
  }
}
