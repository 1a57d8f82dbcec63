#include "worker/queue_loop.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "core/errors.hpp"
#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"
#include "worker/images.hpp"
#include "worker/keeper.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;
using runyard::test::TempDatabase;

namespace {

Submission hello() {
  Submission s;
  s.language = "python";
  s.version = "3";
  s.files = {{"main.py", "print()"}};
  s.entry = "main.py";
  return s;
}

Result good() {
  Result result;
  result.status = Status::kCompleted;
  result.exit_code = 0;
  return result;
}

/// A worker's queue loop on a database of its own; the test is the slots.
struct Bench {
  explicit Bench(QueueLoopSettings settings = {2, 0, 100ms}) : settings_(settings) {}

  std::string submit(const std::string& owner = "a") {
    const auto id = new_uuid7();
    store.submit({id, owner, hello(), false, "", ""});
    return id;
  }
  void start() {
    loop = std::make_unique<QueueLoop>(queue, holdings, settings_, [this] {
      return sick ? std::vector<std::string>() : std::vector<std::string>{"python"};
    });
  }
  Status status(const std::string& id) { return store.find(id, "a")->status; }
  bool becomes(const std::string& id, Status wanted) {
    return await([&] { return status(id) == wanted; });
  }
  void finish(const Claim& claim, Result result = good()) {
    loop->finished({claim.id, claim.attempt, std::move(result)});
  }
  std::string idle_flags() { return temp.sql("select count(*) from idle_workers"); }
  /// What another worker can claim now.
  std::vector<Claim> others_claim(int want = 10) {
    return WorkQueue(database, new_uuid7()).turn({}, want, {"python"}).claims;
  }
  /// Nobody reaches the database, until the end of this.
  struct Outage {
    explicit Outage(const TempDatabase& database) : temp(database) {
      const TempDatabase elsewhere;  // a database cannot be closed from within
      name = temp.sql("select current_database()");
      elsewhere.sql("alter database " + name + " allow_connections false");
      elsewhere.sql(
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '" + name +
          "'");
    }
    ~Outage() {
      const TempDatabase elsewhere;
      elsewhere.sql("alter database " + name + " allow_connections true");
    }
    const TempDatabase& temp;
    std::string name;
  };

  TempDatabase temp;
  Database database{temp.options(), 3};
  ExecutionStore store{database};
  WorkQueue queue{database, new_uuid7()};
  Holdings holdings;
  std::atomic<bool> sick{false};
  const QueueLoopSettings settings_;
  std::unique_ptr<QueueLoop> loop;
};

}  // namespace

TEST_CASE("claims come as long as there are slots, and results are recorded") {
  Bench bench;
  std::vector<std::string> ids = {bench.submit(), bench.submit(), bench.submit()};
  bench.start();
  const auto first = bench.loop->next();
  const auto second = bench.loop->next();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(bench.loop->running() == 2);
  CHECK(bench.holdings.ids().size() == 2);
  CHECK(bench.temp.sql("select count(*) from queue where worker is null") == "1");
  bench.finish(*first);
  CHECK(bench.becomes(first->id, Status::kCompleted));
  const auto third = bench.loop->next();
  REQUIRE(third);
  CHECK(std::set<std::string>{first->id, second->id, third->id} ==
        std::set<std::string>(ids.begin(), ids.end()));
  bench.finish(*second);
  bench.finish(*third);
  CHECK(await([&] { return bench.holdings.empty(); }));
  CHECK(bench.temp.sql("select count(*) from results") == "3");
}

TEST_CASE("nothing is claimed while the engine is sick, and everything once it is well") {
  Bench bench;
  bench.sick = true;
  const auto id = bench.submit();
  bench.start();
  CHECK_FALSE(await([&] { return bench.status(id) != Status::kQueued; }, 300ms));
  bench.sick = false;
  const auto claim = bench.loop->next();
  REQUIRE(claim);
  bench.finish(*claim);
  CHECK(bench.becomes(id, Status::kCompleted));
}

TEST_CASE("a worker with room says that it is idle, and one without takes that back") {
  Bench bench({1, 0, 50ms});
  bench.start();
  CHECK(await([&] { return bench.idle_flags() == "1"; }));
  bench.submit();
  const auto claim = bench.loop->next();
  bench.loop->wake();
  CHECK(await([&] { return bench.idle_flags() == "0"; }));
  bench.finish(*claim);
  CHECK(await([&] { return bench.idle_flags() == "1"; }));
}

TEST_CASE("a lost idle flag costs time, never an execution, and comes back") {
  Bench bench({1, 0, 100ms});
  bench.start();
  REQUIRE(await([&] { return bench.idle_flags() == "1"; }));
  bench.temp.sql("delete from idle_workers");
  const auto id = bench.submit();  // notifies nobody
  const auto claim = bench.loop->next();
  REQUIRE(claim);
  CHECK(claim->id == id);
  bench.finish(*claim);
  bench.loop->reconnected();
  CHECK(await([&] { return bench.idle_flags() == "1"; }));
  bench.temp.sql("delete from idle_workers");
  CHECK(await([&] { return bench.idle_flags() == "1"; }, 15s));
}

TEST_CASE(
    "while runs are short one is claimed ahead, and stuck behind a long one it is given back") {
  QueueLoopSettings settings{1, 1, 50ms};
  settings.stuck = 10s;  // long enough to be seen, also from a busy machine
  Bench bench(settings);
  bench.start();
  // On a busy machine the first one may not be a short run.
  for (bool brief = false; !brief;) {
    const auto warm_up = bench.submit();
    const auto begin = std::chrono::steady_clock::now();
    bench.finish(*bench.loop->next());
    brief = std::chrono::steady_clock::now() - begin < 95ms;
    REQUIRE(bench.becomes(warm_up, Status::kCompleted));
  }
  bench.submit();
  bench.submit();
  bench.submit();
  const auto long_run = bench.loop->next();
  REQUIRE(long_run);
  CHECK(await(
      [&] { return bench.temp.sql("select count(*) from queue where worker is null") == "1"; }));
  // Nobody takes the one that was claimed ahead: another worker shall have it, as if it had never
  // been claimed.
  CHECK(await(
      [&] { return bench.temp.sql("select count(*) from queue where worker is null") == "2"; }));
  for (const auto& claim : bench.others_claim()) CHECK(claim.attempt == 1);
  CHECK(await([&] { return bench.holdings.ids() == std::vector<std::string>{long_run->id}; }));
  bench.finish(*long_run);
}

TEST_CASE("a released execution is another's, and the attempt counts") {
  Bench bench({1, 0, 5000ms});
  bench.submit();
  bench.start();
  const auto claim = bench.loop->next();
  bench.loop->drain();
  bench.loop->released(*claim);
  CHECK(await([&] { return bench.holdings.empty(); }));
  const auto others = bench.others_claim();
  REQUIRE(others.size() == 1);
  CHECK(others[0].attempt == 2);
}

TEST_CASE("draining gives back what has not begun and claims no more, and what runs is recorded") {
  Bench bench({3, 0, 50ms});
  const auto first = bench.submit();
  bench.submit();
  bench.start();
  const auto claim = bench.loop->next();
  REQUIRE(await([&] { return bench.holdings.ids().size() == 2; }));
  bench.loop->drain();
  CHECK(await([&] { return bench.holdings.ids().size() == 1; }));
  const auto late = bench.submit();
  CHECK_FALSE(await([&] { return bench.status(late) != Status::kQueued; }, 200ms));
  bench.finish(*claim);
  CHECK(bench.becomes(claim->id, Status::kCompleted));
  bench.loop->stop();
  CHECK_FALSE(bench.loop->next());
  CHECK(bench.others_claim().size() == 2);
}

TEST_CASE("stopping records what is finished and ends every slot's wait") {
  Bench bench;
  const auto id = bench.submit();
  bench.start();
  const auto claim = bench.loop->next();
  std::thread slot([&] { CHECK_FALSE(bench.loop->next()); });
  bench.finish(*claim);
  bench.loop->stop();
  slot.join();
  CHECK(bench.status(id) == Status::kCompleted);
}

TEST_CASE("a result that is ready while the database is away is recorded when it is back") {
  Bench bench({2, 0, 50ms});
  const auto first = bench.submit();
  bench.start();
  const auto claim = bench.loop->next();
  {
    const Bench::Outage outage(bench.temp);
    bench.finish(*claim);
    CHECK_FALSE(await([&] { return bench.holdings.empty(); }, 300ms));
  }
  CHECK(bench.becomes(first, Status::kCompleted));
  const auto second = bench.submit();
  const auto next = bench.loop->next();
  REQUIRE(next);
  CHECK(next->attempt == 1);
  bench.finish(*next);
  CHECK(bench.becomes(second, Status::kCompleted));
}

TEST_CASE("what could not be handed back while the database was away is handed back later") {
  Bench bench({2, 0, 50ms, 0, 1h});  // what waits for a slot stays: the draining gives it back
  bench.start();
  std::optional<Claim> claim;
  bench.submit();
  bench.submit();
  claim = bench.loop->next();
  REQUIRE(await([&] { return bench.holdings.ids().size() == 2; }));
  {
    const Bench::Outage outage(bench.temp);
    bench.loop->drain();
    CHECK_FALSE(await([&] { return bench.holdings.ids().size() < 2; }, 300ms));
  }
  CHECK(await([&] { return bench.holdings.ids().size() == 1; }));
  CHECK(bench.others_claim().size() == 1);
  bench.finish(*claim);
}

TEST_CASE("a stop while the database is away does not hang") {
  Bench bench({2, 0, 50ms});
  bench.submit();
  bench.start();
  const auto claim = bench.loop->next();
  const Bench::Outage outage(bench.temp);
  bench.finish(*claim);
  const auto begin = std::chrono::steady_clock::now();
  bench.loop->stop();
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("a result that the database refuses ends its execution and holds up no other") {
  Bench bench({2, 0, 50ms});
  const auto one = bench.submit();
  const auto two = bench.submit();
  bench.start();
  const auto first = bench.loop->next();
  const auto second = bench.loop->next();
  auto impossible = good();
  impossible.wall_ms = -1;  // breaks a CHECK
  {
    const Bench::Outage outage(bench.temp);  // so that both are one batch
    bench.finish(*first, impossible);
    bench.finish(*second);
  }
  CHECK(bench.becomes(second->id, Status::kCompleted));
  CHECK(bench.becomes(first->id, Status::kFailed));
  const auto refused = bench.store.find(first->id, "a");
  CHECK(refused->result->reason == Reason::kSandboxFailure);
  // And nothing of what the database says of its tables.
  CHECK(refused->result->message == "the result could not be recorded");
  CHECK(await([&] { return bench.holdings.empty(); }));
}

TEST_CASE("an error that will pass does not cost a result") {
  Bench bench({1, 0, 50ms});
  const auto id = bench.submit();
  bench.start();
  const auto claim = bench.loop->next();
  bench.temp.sql("alter table results rename to results_elsewhere");
  bench.finish(*claim);
  CHECK_FALSE(await([&] { return bench.holdings.empty(); }, 300ms));
  bench.temp.sql("alter table results_elsewhere rename to results");
  CHECK(bench.becomes(id, Status::kCompleted));
}

TEST_CASE("a lease that ran out while we slept is a new attempt, and the old one is dropped") {
  Bench bench({2, 0, 50ms});
  const auto id = bench.submit();
  bench.start();
  const auto old = bench.loop->next();
  const auto old_stop = bench.holdings.find(id, 1);
  REQUIRE(old_stop);
  bench.temp.sql("update queue set lease_until = now() - interval '1 s'");
  const auto renewed = bench.loop->next();  // our own sweep takes it
  REQUIRE(renewed);
  CHECK(renewed->id == id);
  CHECK(renewed->attempt == 2);
  CHECK(old_stop->abandoned());
  bench.loop->dropped(*old);
  CHECK(bench.holdings.find(id, 2));  // the drop of the first did not let go of the second
  CHECK_FALSE(bench.holdings.find(id, 2)->abandoned());
  bench.finish(*renewed);
  CHECK(bench.becomes(id, Status::kCompleted));
  CHECK(bench.store.find(id, "a")->attempt == 2);
}

TEST_CASE("a late result of an earlier attempt changes nothing") {
  Bench bench({2, 0, 50ms});
  const auto id = bench.submit();
  bench.start();
  const auto old = bench.loop->next();
  bench.temp.sql("update queue set lease_until = now() - interval '1 s'");
  const auto renewed = bench.loop->next();
  auto late = good();
  late.output = "late";
  bench.finish(*old, late);
  bench.finish(*renewed);
  CHECK(bench.becomes(id, Status::kCompleted));
  CHECK(bench.store.find(id, "a")->result->output.empty());
  CHECK(bench.temp.sql("select count(*) from results") == "1");
}

TEST_CASE("holdings tell attempts apart") {
  Holdings holdings;
  CHECK(holdings.add("x", 1));
  CHECK_FALSE(holdings.add("x", 1));
  const auto first = holdings.find("x");
  CHECK(holdings.add("x", 2));
  CHECK(first->abandoned());
  CHECK_FALSE(holdings.find("x", 1));
  holdings.remove("x", 1);
  CHECK_FALSE(holdings.empty());
  holdings.remove("x", 2);
  CHECK(holdings.empty());
  CHECK_FALSE(holdings.find("x"));
}

TEST_CASE("an owner holds half of the slots while others wait, and all of them alone") {
  Bench bench({4, 0, 100ms});
  // Before everybody else in the order of the queue.
  for (int i = 0; i < 8; ++i) bench.submit("flood");
  bench.temp.sql("update queue set key = 1");
  const auto late = {bench.submit("anna"), bench.submit("bert"), bench.submit("anna")};
  bench.start();
  std::vector<Claim> claims;
  std::map<std::string, int> held;
  for (int i = 0; i < 4; ++i) claims.push_back(bench.loop->next().value());
  for (const auto& claim : claims) ++held[claim.owner];
  CHECK(held["flood"] == 2);
  CHECK(held["anna"] == 1);
  CHECK(held["bert"] == 1);
  // What went back lost no attempt.
  CHECK(await([&] {
    return bench.temp.sql("select count(*) from queue where owner = 'flood' and attempt = 0") ==
           "6";
  }));
  // One of the flood's ends: anna's second one comes, not the flood's third.
  const auto first = std::find_if(claims.begin(), claims.end(),
                                  [](const Claim& claim) { return claim.owner == "flood"; });
  bench.finish(*first);
  claims.erase(first);
  auto next = bench.loop->next().value();
  CHECK((next.owner == "anna" || next.owner == "flood"));
  claims.push_back(next);
  // When nobody else waits any more, all slots are the flood's.
  for (int i = 0; i < 8 && !claims.empty(); ++i) {
    const auto other = std::find_if(claims.begin(), claims.end(),
                                    [](const Claim& claim) { return claim.owner != "flood"; });
    if (other == claims.end()) break;
    bench.finish(*other);
    claims.erase(other);
    claims.push_back(bench.loop->next().value());
  }
  REQUIRE(claims.size() == 4);
  for (const auto& claim : claims) CHECK(claim.owner == "flood");
}

TEST_CASE("owners take turns on a worker with one slot") {
  Bench bench({1, 0, 100ms});
  for (int i = 0; i < 3; ++i) bench.submit("flood");
  bench.temp.sql("update queue set key = 1");
  bench.submit("anna");
  bench.start();
  const auto first = bench.loop->next().value();
  CHECK(first.owner == "flood");
  bench.finish(first);
  const auto second = bench.loop->next().value();
  CHECK(second.owner == "anna");
  bench.finish(second);
  CHECK(bench.loop->next().value().owner == "flood");
}

namespace {

QueueLoopSettings short_turns(int slots) {
  QueueLoopSettings settings;
  settings.slots = slots;
  settings.prefetch = 0;
  settings.poll = 20ms;
  settings.turn = 0ms;
  return settings;
}

}  // namespace

TEST_CASE("a long execution gives its slot to another owner's, and goes on after it") {
  Bench bench(short_turns(1));
  bench.submit("long");
  bench.start();
  const auto first = bench.loop->next().value();
  bench.submit("anna");
  CHECK(await([&] { return bench.loop->turn_over(first); }));
  std::atomic<bool> back{false};
  std::thread thread([&] {
    bench.loop->give_up_slot(first, *bench.holdings.find(first.id, first.attempt));
    back = true;
  });
  const auto second = bench.loop->next().value();
  CHECK(second.owner == "anna");
  CHECK_FALSE(back);
  CHECK(bench.loop->parked() == 1);
  CHECK(bench.loop->busy_slots() == 1);
  // Both are held: heartbeats renew both.
  CHECK(bench.holdings.ids().size() == 2);
  bench.finish(second);
  thread.join();
  CHECK(bench.loop->busy_slots() == 1);
  CHECK_FALSE(bench.loop->turn_over(first));
  bench.finish(first);
  CHECK(await([&] { return bench.temp.sql("select count(*) from queue") == "0"; }));
  CHECK(bench.temp.sql("select max(attempt) from results") == "1");
}

TEST_CASE("an execution keeps its slot while only its owner's others wait") {
  Bench bench(short_turns(1));
  bench.submit("long");
  bench.submit("long");
  bench.start();
  const auto first = bench.loop->next().value();
  bench.loop->give_up_slot(first, *bench.holdings.find(first.id, first.attempt));
  CHECK(bench.loop->busy_slots() == 1);
  CHECK(bench.loop->parked() == 0);
  CHECK_FALSE(bench.loop->turn_over(first));
  CHECK(bench.temp.sql("select count(*) from queue where worker is null") == "1");
}

TEST_CASE("who waits for a turn has one after others had as long, however many come") {
  Bench bench(short_turns(1));
  bench.submit("long");
  bench.start();
  const auto began = std::chrono::steady_clock::now();
  const auto first = bench.loop->next().value();
  for (int i = 0; i < 5; ++i) bench.submit("anna");
  std::thread thread(
      [&] { bench.loop->give_up_slot(first, *bench.holdings.find(first.id, first.attempt)); });
  const auto other = bench.loop->next().value();
  CHECK(other.owner == "anna");
  const auto turn = std::chrono::steady_clock::now() - began;
  const auto due = std::chrono::steady_clock::now() + turn;
  CHECK(await([&] { return std::chrono::steady_clock::now() > due; }));
  bench.finish(other);
  thread.join();  // though anna's second one waits for longer
  CHECK(bench.loop->busy_slots() == 1);
  CHECK(await([&] { return bench.temp.sql("select count(*) from results") == "1"; }));
  CHECK(bench.temp.sql("select count(*) from queue where worker is null") == "4");
}

TEST_CASE("what waits for a turn ends when it is cancelled, and with the worker") {
  Bench bench(short_turns(1));
  bench.submit("long");
  bench.start();
  const auto first = bench.loop->next().value();
  bench.submit("anna");
  const auto stop = bench.holdings.find(first.id, first.attempt);
  std::thread cancelled([&] { bench.loop->give_up_slot(first, *stop); });
  const auto second = bench.loop->next().value();
  stop->cancel();
  cancelled.join();
  bench.finish(first);
  CHECK(await([&] { return bench.loop->busy_slots() == 1; }));

  bench.submit("bert");
  std::thread stopped(
      [&] { bench.loop->give_up_slot(second, *bench.holdings.find(second.id, second.attempt)); });
  CHECK(bench.loop->next().value().owner == "bert");
  bench.loop->stop();
  stopped.join();
}

TEST_CASE("two long executions take turns, though nobody else may wait beside them") {
  Bench bench(short_turns(1));
  bench.submit("long");
  bench.start();
  const auto first = bench.loop->next().value();
  bench.submit("anna");
  const auto give_up = [&](const Claim& claim) {
    return std::thread([&bench, claim] {
      bench.loop->give_up_slot(claim, *bench.holdings.find(claim.id, claim.attempt));
    });
  };
  auto parked = give_up(first);
  const auto second = bench.loop->next().value();
  CHECK(second.owner == "anna");
  CHECK(await([&] { return bench.loop->turn_over(second); }));
  auto exchanged = give_up(second);
  parked.join();
  CHECK(await([&] { return bench.loop->parked() == 1; }));
  bench.finish(first);
  exchanged.join();
  CHECK(bench.loop->busy_slots() == 1);
  bench.finish(second);
  CHECK(await([&] { return bench.temp.sql("select count(*) from results") == "2"; }));
}
