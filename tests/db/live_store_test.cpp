#include "core/live_store.hpp"

#include <atomic>
#include <mutex>
#include <pqxx/pqxx>
#include <thread>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/listener.hpp"
#include "core/work_queue.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using runyard::test::TempDatabase;

namespace {

struct Bench {
  TempDatabase temp;
  Database database{temp.options(), 4};
  ExecutionStore store{database};
  LiveStore live{database};
  WorkQueue queue{database, new_uuid7()};

  std::string submit(bool live_run, const std::string& owner = "alice") {
    Submission s;
    s.language = "python";
    s.version = "3.13";
    s.files = {{"main.py", "print(input())"}};
    s.entry = "main.py";
    if (live_run) s.live = LiveRun{};
    const auto id = new_uuid7();
    store.submit({id, owner, s, false, "", ""});
    return id;
  }

  /// As a gateway that holds nothing.
  std::vector<AbandonedRun> abandoned() { return live.take_abandoned(live.renew(new_uuid7(), {})); }

  Claim claim_live() { return queue.turn({}, 0, {"python"}, 1).claims.at(0); }
};

Finished completed(const Claim& claim) {
  Result result;
  result.status = Status::kCompleted;
  result.exit_code = 0;
  return {claim.id, claim.attempt, result};
}

}  // namespace

TEST_CASE("events are read in their order, in pages, from any place") {
  Bench bench;
  const auto id = bench.submit(true);
  const std::string bytes("a\0\xff\n\"{},\\", 9);
  LiveEvents batch{id, {{1, LiveEventKind::kStatus, R"({"status":"RUNNING"})"}}};
  for (int i = 2; i <= 20; ++i) batch.events.push_back({i, LiveEventKind::kStdout, bytes});
  bench.live.publish({batch, {bench.submit(true), {{1, LiveEventKind::kStderr, "other"}}}});

  const auto page = bench.live.events(id, 0);
  REQUIRE(page.size() == 16);
  CHECK(page[0].kind == LiveEventKind::kStatus);
  CHECK(page[1].data == bytes);
  const auto rest = bench.live.events(id, page.back().id);
  REQUIRE(rest.size() == 4);
  CHECK(rest.back().id == 20);
  CHECK(bench.live.events(id, 20).empty());
}

TEST_CASE("publishing again what is there changes nothing") {
  Bench bench;
  const auto id = bench.submit(true);
  bench.live.publish({{id, {{1, LiveEventKind::kStdout, "first"}}}});
  bench.live.publish(
      {{id, {{1, LiveEventKind::kStdout, "again"}, {2, LiveEventKind::kStdout, "b"}}}});
  const auto events = bench.live.events(id, 0);
  REQUIRE(events.size() == 2);
  CHECK(events[0].data == "first");
}

TEST_CASE("whoever listens hears of new events once an execution") {
  Bench bench;
  const auto id = bench.submit(true);
  std::mutex mutex;
  std::vector<std::string> heard;
  std::atomic<bool> listening{false};
  const Listener listener(
      bench.temp.options(), {kOutputChannel},
      [&](const std::string&, const std::string& payload) {
        const std::lock_guard lock(mutex);
        heard.push_back(payload);
      },
      [&] { listening = true; });
  REQUIRE(test::await([&] { return listening.load(); }));
  bench.live.publish({{id, {{1, LiveEventKind::kStdout, "a"}, {2, LiveEventKind::kStdout, "b"}}}});
  bench.live.publish({{"00000000-0000-7000-8000-000000000001", {{1, LiveEventKind::kTest, "{}"}}}});
  REQUIRE(test::await([&] {
    const std::lock_guard lock(mutex);
    return heard.size() >= 2;
  }));
  CHECK(heard.at(0) == id);
  CHECK(heard.size() == 2);
}

TEST_CASE("live runs are claimed into their own slots only") {
  Bench bench;
  const auto plain = bench.submit(false);
  const auto live = bench.submit(true);
  const auto ordinary = bench.queue.turn({}, 5, {"python"}).claims;
  REQUIRE(ordinary.size() == 1);
  CHECK(ordinary[0].id == plain);
  CHECK_FALSE(ordinary[0].live);
  CHECK_FALSE(ordinary[0].followed);
  const auto claim = bench.claim_live();
  CHECK(claim.id == live);
  CHECK(claim.live);
  CHECK(claim.followed);
}

TEST_CASE("a claim of live runs looks at no other row, however many there are") {
  Bench bench;
  bench.submit(true);
  bench.temp.sql(
      "insert into queue (id, key, owner, priority, language)\n"
      "select gen_random_uuid(), i, 'bob', 'normal', 'python' from generate_series(1, 5000) as i");
  pqxx::connection connection(bench.temp.options());
  pqxx::nontransaction session(connection);
  session.exec("set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off");
  std::string plan;
  for (const auto& row : session.exec("explain select ctid from queue where live_key is not null\n"
                                      "order by live_key limit 5 for update skip locked"))
    plan += row[0].c_str();
  INFO(plan);
  CHECK(plan.find("queue_live") != std::string::npos);
  CHECK(plan.find("Sort") == std::string::npos);
}

TEST_CASE("following tells the worker that runs an execution, now or with its lease") {
  Bench bench;
  const auto id = bench.submit(false);
  const auto claim = bench.queue.turn({}, 1, {"python"}).claims.at(0);
  CHECK(bench.queue.heartbeat({id}, WorkerState()).followed.empty());
  bench.live.follow(id);
  CHECK(bench.queue.heartbeat({id}, WorkerState()).followed == std::vector{id});

  const auto queued = bench.submit(false);
  bench.live.follow(queued);
  CHECK(bench.queue.turn({completed(claim)}, 1, {"python"}).claims.at(0).followed);
  bench.live.follow(id);  // over: nothing happens
}

TEST_CASE("input reaches the worker in order, and is gone when it was taken") {
  Bench bench;
  const auto id = bench.submit(true);
  CHECK(bench.live.put_input(id, LiveInputKind::kStdin, std::string("a\0\n", 3)) ==
        PutInput::kTaken);
  bench.claim_live();
  CHECK(bench.live.put_input(id, LiveInputKind::kResize, "80x24") == PutInput::kTaken);
  CHECK(bench.live.put_input(id, LiveInputKind::kEof, "") == PutInput::kTaken);
  const auto input = bench.live.input(id, 0);
  REQUIRE(input.size() == 3);
  CHECK(input[0].data == std::string("a\0\n", 3));
  CHECK(input[1].kind == LiveInputKind::kResize);
  CHECK(input[2].kind == LiveInputKind::kEof);
  bench.live.forget_input(id, input[1].id);
  CHECK(bench.live.input(id, 0).size() == 1);
}

TEST_CASE("input that nobody takes is refused beyond a bound") {
  Bench bench;
  const auto id = bench.submit(true);
  const std::string piece(kMaxLivePiece, 'x');
  int taken = 0;
  while (taken < 100 && bench.live.put_input(id, LiveInputKind::kStdin, piece) == PutInput::kTaken)
    ++taken;
  CHECK(taken == kMaxWaitingInput / static_cast<std::int64_t>(kMaxLivePiece + 64));
  while (bench.live.put_input(id, LiveInputKind::kStdin, "x") == PutInput::kTaken) {
  }
  CHECK(bench.live.put_input(id, LiveInputKind::kStdin, "y") == PutInput::kFull);
  bench.live.forget_input(id, bench.live.input(id, 0).at(0).id);
  CHECK(bench.live.put_input(id, LiveInputKind::kStdin, "y") == PutInput::kTaken);
}

TEST_CASE("input without bytes is bounded as well") {
  Bench bench;
  const auto id = bench.submit(true);
  int taken = 0;
  while (taken < 10'000 && bench.live.put_input(id, LiveInputKind::kEof, "") == PutInput::kTaken)
    ++taken;
  CHECK(taken == kMaxWaitingInput / 64);
}

TEST_CASE("of two who type at the same time neither is overtaken by a later id") {
  Bench bench;
  const auto id = bench.submit(true);
  pqxx::connection slow(bench.temp.options());
  pqxx::work typing(slow);
  // Somebody's line is inserted and not yet committed.
  typing.exec("select pg_advisory_xact_lock(hashtextextended('runyard input ' || '" + id +
              "', 0))");
  typing.exec("insert into live_input (execution_id, kind, data) values ('" + id +
              "', 'stdin', 'a')");
  std::thread other([&] { bench.live.put_input(id, LiveInputKind::kStdin, "b"); });
  CHECK(test::await([&] {
    return bench.temp.sql(
               "select count(*) from pg_locks where locktype = 'advisory' and not granted") == "1";
  }));
  CHECK(bench.live.input(id, 0).empty());
  typing.commit();
  other.join();
  const auto input = bench.live.input(id, 0);
  REQUIRE(input.size() == 2);
  CHECK(input[0].data == "a");
  CHECK(input[1].data == "b");
}

TEST_CASE("numbers of input go on after a crash of the server, which empties the table") {
  Bench bench;
  CHECK(bench.temp.sql("select relpersistence from pg_class where relname = 'live_input'") == "u");
  CHECK(bench.temp.sql("select relpersistence from pg_class where relname = 'live_input_ids'") ==
        "p");
}

TEST_CASE("what is over, or was never live, takes no input") {
  Bench bench;
  CHECK(bench.live.put_input(bench.submit(false), LiveInputKind::kEof, "") == PutInput::kOver);
  const auto id = bench.submit(true);
  bench.queue.turn({completed(bench.claim_live())}, 0, {});
  CHECK(bench.live.put_input(id, LiveInputKind::kStdin, "x") == PutInput::kOver);
}

TEST_CASE("runs whose gateway is gone are found once, with their owner") {
  Bench bench;
  const auto gateway = new_uuid7();
  const auto kept = bench.submit(true, "alice");
  const auto left = bench.submit(true, "bob");
  bench.live.hold(kept, gateway);
  bench.live.hold(left, new_uuid7());
  CHECK(bench.live.owner(left) == "bob");
  CHECK(bench.live.owner(new_uuid7()).empty());
  bench.temp.sql("update live_runs set seen_at = now() - interval '21 s'");
  bench.live.renew(gateway, {kept});
  const auto abandoned = bench.abandoned();
  REQUIRE(abandoned.size() == 1);
  CHECK(abandoned[0].execution_id == left);
  CHECK(abandoned[0].owner == "bob");
  CHECK(bench.abandoned().empty());

  bench.live.let_go(kept);
  bench.temp.sql("update live_runs set seen_at = now() - interval '21 s'");
  CHECK(bench.abandoned().empty());
}

TEST_CASE("a run that is held before it is submitted is found once it is there") {
  Bench bench;
  const auto id = new_uuid7();
  bench.live.hold(id, new_uuid7());
  bench.temp.sql("update live_runs set seen_at = now() - interval '21 s'");
  CHECK(bench.abandoned().empty());
  CHECK(bench.temp.sql("select count(*) from live_runs") == "1");
  const auto submitted = bench.submit(true, "alice");
  bench.temp.sql("update live_runs set execution_id = '" + submitted + "'");
  REQUIRE(bench.abandoned().size() == 1);

  // Nothing came of it.
  bench.live.hold(id, new_uuid7());
  bench.temp.sql("update live_runs set seen_at = now() - interval '11 min'");
  CHECK(bench.abandoned().empty());
  CHECK(bench.temp.sql("select count(*) from live_runs") == "0");
}

TEST_CASE("a run that was held before the server's clock was set back is given up as any other") {
  Bench bench;
  bench.live.hold(bench.submit(true, "alice"), new_uuid7());
  bench.temp.sql("update live_runs set seen_at = now() + interval '1 h'");
  CHECK(bench.abandoned().empty());
  CHECK(bench.temp.sql("select count(*) from live_runs where seen_at <= clock_timestamp()") == "1");
  bench.temp.sql("update live_runs set seen_at = seen_at - interval '21 s'");
  CHECK(bench.abandoned().size() == 1);
}

TEST_CASE("renewing brings back what a crash of the server has emptied") {
  Bench bench;
  const auto gateway = new_uuid7();
  const auto first = bench.submit(true);
  const auto second = bench.submit(true);
  bench.live.hold(first, gateway);
  bench.live.hold(second, gateway);
  bench.temp.sql("truncate live_runs");
  bench.live.renew(gateway, {first, second});
  CHECK(bench.temp.sql("select count(*) from live_runs where gateway = '" + gateway + "'") == "2");
  bench.live.renew(gateway, {});
}

TEST_CASE("tidying removes old output and the input of what is over") {
  Bench bench;
  const auto id = bench.submit(true);
  bench.live.put_input(id, LiveInputKind::kStdin, "x");
  bench.live.publish({{id, {{1, LiveEventKind::kStdout, "old"}}}});
  bench.temp.sql("update live_output set at = now() - interval '11 min'");
  bench.temp.sql("update live_input set at = now() - interval '2 min'");
  bench.live.publish({{id, {{2, LiveEventKind::kStdout, "new"}}}});
  bench.live.tidy();
  CHECK(bench.live.events(id, 0).size() == 1);
  CHECK(bench.live.input(id, 0).size() == 1);
  bench.queue.turn({completed(bench.claim_live())}, 0, {});
  bench.live.tidy();
  CHECK(bench.live.input(id, 0).empty());
}
