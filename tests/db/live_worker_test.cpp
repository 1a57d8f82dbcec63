// A whole worker but for main.cpp, on a fake docker, with people who follow and type.
#include <atomic>
#include <pqxx/pqxx>

#include "core/listener.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/worker_parts.hpp"
#include "worker/hints.hpp"
#include "worker/keeper.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;

namespace {

struct Bench : test::OwnDatabase, test::WorkerParts {
  Bench() : WorkerParts(temp.options()) { images.refresh(); }

  ExecutionStore store{database};

  /// One slot for each kind.
  struct Worker {
    explicit Worker(Bench& bench, std::chrono::milliseconds poll = 50ms)
        : loop(bench.queue, bench.holdings, settings(poll),
               [&bench] { return runnable_images(bench.catalog, bench.images); }),
          slots(1, 1, loop, bench.holdings, bench.services, bench.live_runs),
          cancellations(bench.holdings,
                        [&bench](const std::vector<std::string>& ids) {
                          ++bench.lookups;
                          return bench.queue.cancelled(ids);
                        }),
          listener(listen_to_hints(bench.temp.options(),
                                   {bench.worker_id, loop, bench.live_runs, cancellations,
                                    [&bench] { ++bench.heartbeats; }})) {
      REQUIRE(await([&] { return listener.connected(); }));
    }
    ~Worker() { loop.stop(); }
    static QueueLoopSettings settings(std::chrono::milliseconds poll) {
      QueueLoopSettings settings{1, 0, poll};
      settings.live_slots = 1;
      return settings;
    }
    QueueLoop loop;
    Slots slots;
    Cancellations cancellations;
    Listener listener;
  };

  std::atomic<int> lookups{0};     ///< whether somebody had cancelled
  std::atomic<int> heartbeats{0};  ///< asked for

  std::string submit(std::vector<std::string> args, bool live = true,
                     const std::string& input = "") {
    Submission s;
    s.language = "run";
    s.version = "1";
    s.files = {{"main.txt", "x"}};
    s.entry = "main.txt";
    s.args = std::move(args);
    s.stdin_data = input;
    s.limits.wall_ms = 20'000;
    if (live) s.live.emplace();
    const auto id = new_uuid7();
    store.submit({id, "a", s, false, "", ""});
    return id;
  }
  void type(const std::string& id, const std::string& text) {
    REQUIRE(live_store.put_input(id, LiveInputKind::kStdin, text) == PutInput::kTaken);
  }
  void end_input(const std::string& id) {
    REQUIRE(live_store.put_input(id, LiveInputKind::kEof, "") == PutInput::kTaken);
  }
  Execution ended(const std::string& id) {
    const bool over = await([&] { return is_terminal(store.find(id, "a")->status); }, 20s);
    REQUIRE(over);
    return *store.find(id, "a");
  }
  bool runs(const std::string& id) {
    return await([&] { return store.find(id, "a")->status == Status::kRunning; });
  }
  /// All events so far; their ids must grow.
  std::vector<LiveEvent> events(const std::string& id) {
    std::vector<LiveEvent> all;
    for (;;) {
      const auto more = live_store.events(id, all.empty() ? 0 : all.back().id);
      if (more.empty()) return all;
      for (const auto& event : more) {
        REQUIRE((all.empty() || event.id > all.back().id));
        all.push_back(event);
      }
    }
  }
  std::string said(const std::string& id) {
    std::string text;
    for (const auto& event : events(id))
      if (event.kind == LiveEventKind::kStdout) text += event.data;
    return text;
  }
  bool says(const std::string& id, const std::string& text) {
    return await([&] { return said(id) == text; });
  }
};

}  // namespace

TEST_CASE("a live run is a conversation, and its result has all of it") {
  Bench bench;
  const auto id = bench.submit({"echo"}, true, "known before\n");
  bench.type(id, "typed while it was queued\n");
  Bench::Worker worker(bench);
  CHECK(bench.says(id, "ready\nknown before\ntyped while it was queued\n"));
  bench.type(id, "typed now\n");
  CHECK(bench.says(id, "ready\nknown before\ntyped while it was queued\ntyped now\n"));
  CHECK(await([&] { return bench.temp.sql("select count(*) from live_input") == "0"; }));
  bench.end_input(id);
  const auto ended = bench.ended(id);
  CHECK(ended.status == Status::kCompleted);
  CHECK(ended.result->output == bench.said(id));
  const auto first = bench.events(id).front();
  CHECK(first.id == 1);
  CHECK(first.data == R"({"status":"RUNNING","stage":"run","attempt":1})");
  CHECK(bench.events(id).back().id < live_end_id(1));
}

TEST_CASE("all output is there to be read before the result is") {
  Bench bench;
  Bench::Worker worker(bench);
  for (int i = 0; i < 10; ++i) {
    const auto id = bench.submit({"alternate", "a", "b", "c", "d"});
    const auto ended = bench.ended(id);
    CHECK(bench.events(id).size() == 5);
    CHECK(bench.said(id) == ended.result->output);
  }
}

TEST_CASE("who begins to follow while it runs gets all from the beginning") {
  Bench bench;
  Bench::Worker worker(bench);
  const auto id = bench.submit({"echo"}, false);
  REQUIRE(bench.runs(id));
  CHECK(bench.events(id).empty());
  bench.live_store.follow(id);
  CHECK(bench.says(id, "ready\n"));
  CHECK(bench.events(id).size() == 2);
  bench.store.cancel(id, "a");
  CHECK(bench.ended(id).status == Status::kCancelled);
}

TEST_CASE("nobody follows: nothing is written") {
  Bench bench;
  Bench::Worker worker(bench);
  const auto id = bench.submit({"say", "hello"}, false);
  CHECK(bench.ended(id).result->output == "hello\n");
  CHECK(bench.events(id).empty());
}

TEST_CASE("live runs take none of the other slots, nor the others theirs") {
  Bench bench;
  Bench::Worker worker(bench);
  const auto live = bench.submit({"echo"});
  const auto second = bench.submit({"echo"});
  REQUIRE(bench.runs(live));
  const auto batch = bench.submit({"hang"}, false);
  REQUIRE(bench.runs(batch));
  // The row says RUNNING from the claim on; the loop counts it a moment later.
  CHECK(await([&] { return worker.loop.running() == 2; }));
  CHECK(bench.store.find(second, "a")->status == Status::kQueued);
  bench.end_input(live);
  CHECK(bench.ended(live).status == Status::kCompleted);
  REQUIRE(bench.runs(second));
  // A cancellation is told once, to whoever holds the run by then.
  REQUIRE(await([&] { return worker.loop.running() == 2; }));
  bench.store.cancel(second, "a");
  bench.store.cancel(batch, "a");
  CHECK(bench.ended(second).status == Status::kCancelled);
  CHECK(bench.ended(batch).status == Status::kCancelled);
}

TEST_CASE("a live run is told of also to a worker whose other slots are all busy") {
  Bench bench;
  Bench::Worker worker(bench, 1h);
  REQUIRE(await([&] { return bench.temp.sql("select count(*) from idle_workers") == "1"; }));
  const auto busy = bench.submit({"hang"}, false);
  REQUIRE(bench.runs(busy));
  const auto waits = bench.submit({"say", "x"}, false);
  REQUIRE(await([&] { return bench.temp.sql("select count(*) from idle_workers") == "0"; }));
  CHECK(bench.ended(bench.submit({"say", "hello"})).result->output == "hello\n");
  bench.store.cancel(waits, "a");
  bench.store.cancel(busy, "a");
  CHECK(bench.ended(busy).status == Status::kCancelled);
}

TEST_CASE("a cancel ends a live run at once, whatever waits to be read") {
  Bench bench;
  Bench::Worker worker(bench);
  const auto id = bench.submit({"hang"});
  REQUIRE(bench.runs(id));
  auto put = PutInput::kTaken;
  while (put == PutInput::kTaken)
    put = bench.live_store.put_input(id, LiveInputKind::kStdin, std::string(kMaxLivePiece, 'x'));
  CHECK(put == PutInput::kFull);
  bench.store.cancel(id, "a");
  CHECK(bench.ended(id).status == Status::kCancelled);
}

TEST_CASE("without the tables of live runs no result is lost and none waits for long") {
  Bench bench;
  bench.temp.sql("alter table live_output rename to live_output_away");
  bench.temp.sql("alter table live_input rename to live_input_away");
  Bench::Worker worker(bench);
  for (int i = 0; i < 3; ++i) {
    const auto ended = bench.ended(bench.submit({"say", "hello"}));
    CHECK(ended.status == Status::kCompleted);
    CHECK(ended.result->output == "hello\n");
  }
}

TEST_CASE("a live run whose worker was lost is not begun again") {
  Bench bench;
  const auto id = bench.submit({"echo"});
  WorkQueue lost(bench.database, new_uuid7());
  REQUIRE(lost.turn({}, 0, {"run"}, 1).claims.size() == 1);
  bench.temp.sql("update queue set lease_until = clock_timestamp() - interval '1 s'");
  Bench::Worker worker(bench);
  const auto ended = bench.ended(id);
  CHECK(ended.status == Status::kFailed);
  CHECK(ended.result->reason == Reason::kWorkerLost);
  CHECK_THAT(ended.result->message, test::contains("a live run is not repeated"));
  CHECK(bench.docker.calls("run ") == 0);
}

TEST_CASE("a live run that was given back before it began is begun by another") {
  Bench bench;
  const auto id = bench.submit({"say", "hello"});
  WorkQueue other(bench.database, new_uuid7());
  REQUIRE(other.turn({}, 0, {"run"}, 1).claims.size() == 1);
  other.hand_back({id});
  Bench::Worker worker(bench);
  const auto ended = bench.ended(id);
  CHECK(ended.status == Status::kCompleted);
  CHECK(ended.attempt == 1);
}

TEST_CASE("a sandbox that fails a live run is made up for as long as nobody can tell") {
  Bench bench;
  SECTION("before anything was said or typed") {
    bench.docker.run_as({"dies", "good"});
    Bench::Worker worker(bench);
    CHECK(bench.ended(bench.submit({"say", "hello"})).result->output == "hello\n");
  }
  SECTION("not after it had been typed into") {
    Bench::Worker worker(bench);
    const auto ended = bench.ended(bench.submit({"vanish-typed"}, true, "x"));
    CHECK(ended.result->reason == Reason::kSandboxFailure);
    CHECK_THAT(ended.result->message, test::contains("a live run is not repeated"));
    CHECK(ended.attempt == 1);
    CHECK(bench.docker.calls("run ") == 1);
  }
}

TEST_CASE("an attempt that somebody has seen is told apart from the next") {
  Bench bench;
  const auto id = bench.submit({"vanish"}, false);
  bench.live_store.follow(id);
  Bench::Worker worker(bench);
  const auto ended = bench.ended(id);
  CHECK(ended.attempt == 3);
  CHECK(ended.result->reason == Reason::kSandboxFailure);
  const auto events = bench.events(id);
  REQUIRE_FALSE(events.empty());
  CHECK(events.back().id > 2 * kLiveIdsPerAttempt);
}

namespace {

/// Somebody who may read reports, and sends whatever they like.
struct Forger {
  explicit Forger(const Bench& bench)
      : connection(bench.temp.options() + " user=runyard_reporting") {
    send("set default_transaction_read_only = off");
  }
  void send(const std::string& sql) { pqxx::nontransaction(connection).exec(sql); }
  void notify(const std::string& channel, const std::string& payload) {
    send("notify " + channel + ", '" + payload + "'");
  }
  pqxx::connection connection;
};

constexpr const char* kAllChannels[] = {kWorkChannel, kDoneChannel,   kCancelChannel,
                                        kLiveChannel, kOutputChannel, kWorkerChannel};

}  // namespace

TEST_CASE("a notification of whatever kind that nobody of the service sent changes nothing") {
  Bench bench;
  Bench::Worker worker(bench);
  Forger forger(bench);
  const auto live = bench.submit({"echo"});
  const auto batch = bench.submit({"hang"}, false);
  REQUIRE(bench.says(live, "ready\n"));
  REQUIRE(bench.runs(batch));
  REQUIRE(await([&] { return worker.loop.running() == 2; }));
  for (const char* channel : kAllChannels)
    for (const auto& payload :
         {live, batch, std::string(), std::string("x"), new_uuid7(), std::string(7999, 'x')})
      forger.notify(channel, payload);
  // Notifications come in their order, and what they ask for is looked up in its: after one that is
  // true all before it have been looked up.
  bench.type(live, "typed\n");
  CHECK(bench.says(live, "ready\ntyped\n"));
  CHECK(await([&] { return bench.lookups >= 1; }));
  CHECK(bench.events(batch).empty());
  bench.store.cancel(batch, "a");
  CHECK(bench.ended(batch).status == Status::kCancelled);
  CHECK(bench.store.find(live, "a")->status == Status::kRunning);
  CHECK(bench.heartbeats == 1);  // as it began to listen
  bench.type(live, "and goes on\n");
  CHECK(bench.says(live, "ready\ntyped\nand goes on\n"));
  bench.end_input(live);
  CHECK(bench.ended(live).status == Status::kCompleted);
}

TEST_CASE("a flood of notifications costs a bounded number of looks, and a true one is heard") {
  Bench bench;
  Bench::Worker worker(bench, 1h);
  Forger forger(bench);
  const auto id = bench.submit({"hang"});
  REQUIRE(bench.runs(id));
  REQUIRE(await([&] { return worker.loop.running() == 1; }));
  // Each in a transaction of its own, or the server would make them one.
  for (int i = 0; i < 5000; ++i) forger.notify(kCancelChannel, id);
  // And more different ones than anybody keeps.
  forger.send(
      "do $$ begin for i in 1..20000 loop perform pg_notify('runyard_cancel', "
      "gen_random_uuid()::text); end loop; end $$");
  bench.store.cancel(id, "a");
  CHECK(bench.ended(id).status == Status::kCancelled);
  CHECK(bench.lookups < 1000);
}
