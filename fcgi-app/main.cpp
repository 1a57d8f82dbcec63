// runyard-api: the HTTP interface, over FastCGI.
//
//   nginx --unix socket--> fd 0 of every runyard-api (spawn-fcgi opened it, multiwatch keeps N of
//   them up)
//                            N threads: accept, read, check, one or two statements, answer
//                            1 thread: writes events to everybody who listens
//                            1 thread: LISTEN for ends and output of executions -> wakes those who
//                            wait for them
//                            1 thread: looks at workers and queue once a second
//                            2 threads: write what this process counts, and read the others' for
//                            /metrics
//                            main thread: waits for signals
//
// Requests share nothing but the database's connections (a pool smaller than the number of
// threads), the table of waiting threads and the last look at the fleet. A request that waits
// sleeps on a condition and holds no connection. Nothing is kept between requests, so any process
// can be killed at any time: a submission is either committed or was never answered.
//
// SIGTERM, SIGINT or SIGQUIT (which multiwatch sends, whatever it was told): waits end with what is
// known, streams of events end (their clients come back to another process), nothing more is
// accepted, requests under way are answered, exit 0; a second one ends at once. When the parent
// dies, the kernel sends SIGTERM: no process lives on beside those of the next start.
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>

#include "core/execution_store.hpp"
#include "core/listener.hpp"
#include "core/log.hpp"
#include "core/metrics_process.hpp"
#include "core/metrics_store.hpp"
#include "core/quota_store.hpp"
#include "core/schema.hpp"
#include "core/spec_file.hpp"
#include "core/start_wait.hpp"
#include "core/webhook_store.hpp"
#include "fcgi-app/api.hpp"
#include "fcgi-app/api_config.hpp"
#include "fcgi-app/auth/attempts.hpp"
#include "fcgi-app/auth/auth_service.hpp"
#include "fcgi-app/auth/credentials_authenticator.hpp"
#include "fcgi-app/auth/secret_file.hpp"
#include "fcgi-app/compat/compat.hpp"
#include "fcgi-app/events/event_server.hpp"
#include "fcgi-app/events/events.hpp"
#include "fcgi-app/fcgi_server.hpp"
#include "fcgi-app/metrics_page.hpp"
#include "fcgi-app/quotas.hpp"

namespace runyard {
namespace {

/// Signals are taken by the main thread alone, with sigwait; blocked before any thread starts.
sigset_t block_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGQUIT);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  return signals;
}

/// True when every request was answered in time; false after the time or a second signal.
bool drain(FcgiServer& server, const sigset_t& signals, std::chrono::seconds time) {
  const auto deadline = Waiters::Clock::now() + time;
  const timespec no_time{};
  do {
    if (server.wait_until_idle(std::chrono::milliseconds(50))) return true;
    if (::sigtimedwait(&signals, nullptr, &no_time) > 0) return false;
  } while (Waiters::Clock::now() < deadline);
  return false;
}

/// nullptr: tokens are switched off.
std::unique_ptr<const TokenSigner> make_tokens(const ApiConfig& config) {
  if (config.token_secret_file.empty()) return nullptr;
  return std::make_unique<const TokenSigner>(read_or_make_secret(config.token_secret_file),
                                             std::chrono::seconds(config.token_s));
}

/// What was large goes back to the system when it is freed. Otherwise glibc raises its bound with
/// each that is freed, up to 32 MiB, and keeps twice that for each of its arenas.
void give_memory_back() {
  constexpr int kOwnMapping = 256 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, kOwnMapping);
  ::mallopt(M_TRIM_THRESHOLD, 4 * kOwnMapping);
}

void serve(const ApiConfig& config) {
  give_memory_back();
  const auto signals = block_signals();
  auto session = kLookupPlans;
  session.insert(session.end(),
                 {"statement_timeout=10s", "idle_in_transaction_session_timeout=30s"});
  set_session_defaults(session);
  std::vector<FieldError> broken;
  const auto catalog = load_languages(config.languages_dir, config.spec_file, broken);
  for (const auto& error : broken)
    log::error("language left out", {{"file", error.field}, {"error", error.message}});

  Database database(config.db, config.db_connections);
  StartWait start(database, std::chrono::seconds(config.start_wait_s));
  bool schema_fits = start.seen();  // from here on of the fleet monitor's thread
  ExecutionStore store(database);
  AnswerRoom room;
  StoredExecutions executions(store, &room);
  ProblemStore problems(database);
  SessionStore sessions(database);
  StatsStore stats(database);
  WebhookStore webhooks(database);
  Waiters waiters(std::max(1, config.threads * 3 / 4));
  LiveStore live_store(database);
  StoredLive live(live_store);
  ListenerPlaces listener_places(config.event_listeners);
  EventServerOptions event_options;
  event_options.states = [&live](const std::vector<std::string>& ids) { return live.states(ids); };
  EventServer events(event_options);
  const Listener listener(
      config.db, {kDoneChannel, kOutputChannel},
      [&](const std::string& channel, const std::string& id) {
        if (channel == kDoneChannel) waiters.notify(id);
        events.notify(id);
      },
      [&] {
        waiters.notify_all();
        events.notify_all();
      });
  int looks = 0;
  std::string next;
  const FleetMonitor fleet(
      [&](std::int64_t count_up_to) {
        // What changes rarely, or costs more, every fifth time.
        const bool thorough = looks++ % 5 == 0;
        if (!schema_fits || thorough) {
          schema_fits = false;
          require_schema(database);
        }
        schema_fits = true;
        auto seen = store.fleet(count_up_to);
        if (thorough) next = store.next_waiting(seen.images);
        seen.next = next;
        return seen;
      },
      config.max_queued, std::chrono::seconds(1));
  UserStore users(database);
  StoredAccounts accounts(users);
  KeyRing keys(accounts);
  const auto tokens = make_tokens(config);
  auto auth_settings = config.auth_settings;
  auth_settings.registration_open = config.registration == "open";
  AuthService auth(accounts, keys, tokens.get(), auth_settings);
  CredentialsAuthenticator authenticator(config.auth == "required", tokens.get(), keys);
  QuotaStore quota_store(database);
  Quotas quotas(
      config.quotas, [&] { return quota_store.has_overrides(); },
      [&](const std::string& owner) { return quota_store.overrides(owner); });
  ApiContext context{authenticator, executions, catalog, fleet, waiters, {}};
  context.rules.max_code_bytes = static_cast<std::size_t>(config.max_code_bytes);
  context.rules.total_ms = 1000LL * config.total_s;
  context.rules.problem_total_ms = 1000LL * config.problem_total_s;
  context.rules.max_stdin_bytes = static_cast<std::size_t>(config.max_stdin_bytes);
  context.max_wait_s = config.max_wait_s;
  context.auth = &auth;
  context.quotas = &quotas;
  context.problems = &problems;
  context.sessions = &sessions;
  context.stats = &stats;
  context.webhooks = &webhooks;
  EventFeed event_feed{live, listener_places};
  context.events = &event_feed;
  StoredOlder older_store(database);
  AttemptLimit execute_limit(accounts, "execute", config.execute_per_15_min,
                             std::chrono::minutes(15));
  const OlderInterfaces older{
      older_store, config.spec_timeout_s, config.spec_memory_kb,
      [&](const std::string& address) { return execute_limit.count_address(address); }};
  context.older = &older;
  const auto name = process_name("api");
  MetricsStore metrics_store(database);
  metrics::Asked asked;
  ask_of_process(asked);
  asked.gauge("runyard_api_waiting_requests", "Requests that wait for the end of an execution.", {},
              [&] { return waiters.waiting(); });
  asked.gauge("runyard_api_event_listeners", "Clients that get events as they come.", {},
              [&] { return static_cast<double>(events.connections()); });
  asked.gauge("runyard_api_listening", "Whether the connection for notifications is there.", {},
              [&] { return listener.connected() ? 1 : 0; });
  MetricsPage metrics_page(name, [&] { return look_at_metrics(database, metrics_store, name); });
  const MetricsWriter metrics_writer(metrics_store, name);
  context.metrics = &metrics_page;
  context.metrics_allow = config.metrics_allow;
  context.writer = &metrics_writer;
  context.access = config.access;
  context.access.open = config.auth == "open";
  context.access.machine_hosts = machine_hosts();
  context.older_cors = config.older_cors;
  for (const auto& warning : access_warnings(context.access, context.older_cors))
    log::warn("not fit for everybody", {{"why", warning}});
  const Api api(context);

  FcgiServerOptions options;
  options.listen_fd = STDIN_FILENO;
  options.threads = config.threads;
  options.max_body_bytes = static_cast<std::size_t>(config.max_body_bytes);
  options.events = &events;
  options.room = &room;
  FcgiServer server(options, [&api](Request& request) { return api.handle(request); });
  log::info("started", {{"threads", config.threads}, {"languages", catalog.all().size()}});

  std::exception_ptr refused;
  try {
    const int signal = start.await_signal(signals, [&] { return listener.connected(); });
    log::info("stopping", {{"signal", signal}});
  } catch (const std::exception& error) {
    log::error("stopping", {{"error", error.what()}});
    refused = std::current_exception();
  }
  server.stop();
  waiters.stop();
  events.stop();
  if (!drain(server, signals, std::chrono::seconds(config.drain_s))) {
    log::warn("ended before the last answer");
    // Threads that still run must not see what they use destroyed.
    std::_Exit(refused ? 1 : 0);
  }
  if (refused) std::rethrow_exception(refused);
}

int run(int argc, char** argv) {
  ApiConfig config;
  const auto settings = api_settings(config);
  if (!read_config("runyard-api", "The HTTP interface of Runyard, over FastCGI on fd 0.", settings,
                   process_sources(argc, argv)))
    return 0;
  log::init("runyard-api", config.log_level);
  if (!is_listening_socket(STDIN_FILENO))
    throw ConfigError(
        "fd 0 is not a listening socket: start it by `spawn-fcgi -n -s SOCKET -- runyard-api`");
  serve(config);
  return 0;
}

}  // namespace
}  // namespace runyard

int main(int argc, char** argv) {
  try {
    return runyard::run(argc, argv);
  } catch (const runyard::ConfigError& error) {
    std::cerr << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "runyard-api: " << error.what() << '\n';
    return 1;
  }
}
