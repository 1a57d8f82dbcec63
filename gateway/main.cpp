// runyard-gateway: live runs over WebSocket and Socket.IO, which FastCGI cannot carry.
//
//   browser --nginx--> socket --> connections, each on a strand; `threads` threads run all of them
//                                   |  submit, find, result: FastCGI requests to runyard-api,
//                                   |  in the client's name (ApiClient)
//                                   |  events and input: tables of PostgreSQL (LiveStore), by
//                                   |  `db_connections` threads that may wait (DbThreads)
//                                   |  ends and news: one connection that listens (Hub)
//
// The gateway knows no rule of submissions, accounts or quotas: the API is the one door, and what
// it answers is passed on. It knows no worker either: output and input go through the database, so
// any gateway serves any run, and a client may come back through another one.
//
// A client's messages are read one at a time, and the next page of a run's output is read when the
// last has been written: what is kept of a client is bounded, however fast or slow it is. Input
// that the program does not read fills its queue in the database; then the client's socket is not
// read.
//
// A run that is not detached belongs to its connection: when that ends, the run is cancelled. The
// table live_runs says so to other gateways, which cancel the runs of one that died.
//
// SIGTERM, SIGINT: nothing more is accepted, clients are told (1012) and their runs cancelled, exit
// 0; a second one ends at once. When the parent dies, the kernel sends SIGTERM.
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/listener.hpp"
#include "core/log.hpp"
#include "core/metrics_process.hpp"
#include "core/metrics_store.hpp"
#include "core/start_wait.hpp"
#include "gateway/admission.hpp"
#include "gateway/api_client.hpp"
#include "gateway/gateway_config.hpp"
#include "gateway/held_runs.hpp"
#include "gateway/hub.hpp"
#include "gateway/live_context.hpp"
#include "gateway/live_route.hpp"
#include "gateway/ready_route.hpp"
#include "gateway/server.hpp"
#include "gateway/socket_io_route.hpp"

namespace runyard::gateway {
namespace {

/// Signals are taken by the main thread alone, with sigwait; blocked before any thread starts.
sigset_t block_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  return signals;
}

/// Two descriptors a client, with room: as many as may be had.
void raise_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

/// A result that has gone is memory of the system's again, at once. By itself the allocator would
/// keep what such large texts leave, of each thread, and the bounds would be of what is asked for
/// instead of what is held.
void give_large_texts_back() { ::mallopt(M_MMAP_THRESHOLD, 256 << 10); }

/// GET /health.
class HealthRoute final : public Route {
 public:
  HealthRoute(const Hub& hub, const Admission& admission) : hub_(hub), admission_(admission) {}

  void handle(std::shared_ptr<Exchange> exchange) override {
    json::Writer writer;
    writer.begin_object().member("status", "UP").member("connections", admission_.taken());
    writer.member("database", hub_.connected()).end_object();
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "application/json");
    response.body = writer.text();
    exchange->respond(std::move(response));
  }
  void drain(std::function<void()> done) override { done(); }

 private:
  const Hub& hub_;
  const Admission& admission_;
};

/// Returns when `done` is true. After the deadline or a second signal the program ends with
/// `exit_code`: threads that still run must not see what they use destroyed.
void wait_or_end(const std::atomic<bool>& done, const sigset_t& signals,
                 std::chrono::steady_clock::time_point deadline, int exit_code) {
  const timespec pause{0, 20'000'000};
  while (!done) {
    const bool again = ::sigtimedwait(&signals, nullptr, &pause) > 0;
    if (!again && (done || std::chrono::steady_clock::now() <= deadline)) continue;
    log::warn("ended before all was told");
    std::_Exit(exit_code);
  }
}

std::string_view without_slash(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

void serve(const GatewayConfig& config) {
  const auto signals = block_signals();
  raise_open_files();
  give_large_texts_back();
  auto session = kLookupPlans;
  session.insert(session.end(),
                 {"statement_timeout=10s", "idle_in_transaction_session_timeout=30s"});
  set_session_defaults(session);
  Database database(config.db, config.db_connections);
  StartWait start(database, std::chrono::seconds(config.start_wait_s));
  LiveStore live(database);
  ExecutionStore executions(database);

  // Connections that are there at the very end go with the io_context: after them these two.
  Admission admission(config.connections, config.connections_per_address);
  HttpServices services;
  boost::asio::io_context io(config.threads);
  auto work = boost::asio::make_work_guard(io);
  DbThreads db(config.db_connections);
  ApiClient::Options api_options;
  api_options.address = parse_api_address(config.api_socket).value();
  ApiClient api(io, api_options);
  Hub hub(io, db, live);
  HeldRuns held(io, db, live, executions, new_uuid7());
  const LiveContext context{
      io, api, db, live, executions, hub, held, admission, services.web_sockets.unwritten};

  LiveRoute live_route(context);
  HealthRoute health(hub, admission);
  ReadyRoute ready(io, api, [&hub] { return hub.connected(); });
  const auto socket_io = make_socket_io_route(context);
  const std::vector<Route*> routes{&live_route, socket_io.get()};
  services.web_sockets.limits.ping_after = std::chrono::seconds(config.ping_s);
  services.web_sockets.limits.stall = std::chrono::seconds(config.stall_s);
  services.access = config.access;
  services.access.open = config.auth == "open";
  services.access.machine_hosts = machine_hosts();
  for (const auto& warning : access_warnings(services.access))
    log::warn("not fit for everybody", {{"why", warning}});
  services.route = [&](std::string_view path) -> Route* {
    path = without_slash(path);
    if (path == "/api/v1/live") return &live_route;
    if (path == "/socket.io") return socket_io.get();
    if (path == "/health") return &health;
    if (path == "/ready") return &ready;
    return nullptr;
  };
  // Beside the live ones, requests of the older protocol's polling.
  Server server(io, open_listening(config.listen), services, config.connections * 2 + 64);
  hub.start(config.db);
  held.start();
  server.start();
  std::vector<std::thread> threads;
  for (int i = 0; i < config.threads; ++i) threads.emplace_back([&io] { io.run(); });
  log::info("started", {{"listen", config.listen}, {"threads", config.threads}});
  metrics::Asked asked;
  ask_of_process(asked);
  asked.gauge("runyard_gateway_listening", "Whether the connection for notifications is there.", {},
              [&hub] { return hub.connected() ? 1 : 0; });
  MetricsStore metrics_store(database);
  auto metrics_writer = std::make_unique<MetricsWriter>(metrics_store, process_name("gateway"));

  std::exception_ptr refused;
  try {
    const int signal = start.await_signal(signals, [&hub] { return hub.connected(); });
    log::info("stopping", {{"signal", signal}});
  } catch (const std::exception& error) {
    log::error("stopping", {{"error", error.what()}});
    refused = std::current_exception();
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(config.drain_s);
  server.stop();
  std::atomic<bool> drained{false};
  std::atomic<std::size_t> left{routes.size()};
  for (auto* route : routes)
    route->drain([&] {
      if (--left == 0) held.drain([&drained] { drained = true; });
    });
  const int exit_code = refused ? 1 : 0;
  wait_or_end(drained, signals, deadline, exit_code);
  // In this order: no request asks the hub any more, and no work of the database's threads uses
  // what is destroyed after them. A database that does not answer may keep both for long.
  std::atomic<bool> ended{false};
  std::thread last([&] {
    work.reset();
    io.stop();
    for (auto& thread : threads) thread.join();
    metrics_writer.reset();
    asked.stop();
    hub.stop();
    db.stop();
    ended = true;
  });
  wait_or_end(ended, signals, deadline, exit_code);
  last.join();
  if (refused) std::rethrow_exception(refused);
}

int run(int argc, char** argv) {
  GatewayConfig config;
  const auto settings = gateway_settings(config);
  if (!read_config("runyard-gateway", "Live runs over WebSocket and Socket.IO, behind Nginx.",
                   settings, process_sources(argc, argv)))
    return 0;
  log::init("runyard-gateway", config.log_level);
  serve(config);
  return 0;
}

}  // namespace
}  // namespace runyard::gateway

int main(int argc, char** argv) {
  try {
    return runyard::gateway::run(argc, argv);
  } catch (const runyard::ConfigError& error) {
    std::cerr << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "runyard-gateway: " << error.what() << '\n';
    return 1;
  }
}
