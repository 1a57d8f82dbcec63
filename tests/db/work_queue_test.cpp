#include "core/work_queue.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using runyard::test::TempDatabase;

namespace {

const std::vector<std::string> kPython = {"python"};

Submission hello() {
  Submission s;
  s.language = "python";
  s.version = "3.13";
  s.files = {{"main.py", "print('hi')"}};
  s.entry = "main.py";
  return s;
}

/// A database with a store and one worker's queue on it.
struct Bench {
  TempDatabase temp;
  Database database{temp.options(), 4};
  ExecutionStore store{database};
  WorkQueue queue{database, new_uuid7()};

  std::string submit(const std::string& owner, Priority priority = Priority::kNormal) {
    auto submission = hello();
    submission.priority = priority;
    const auto id = new_uuid7();
    store.submit({id, owner, submission, false, "", ""});
    return id;
  }

  /// Makes every lease look as if it had run out.
  void expire_leases() {
    temp.sql("update queue set lease_until = now() - interval '1 s' where worker is not null");
  }

  /// Claims like a worker does whose last sweep is long ago.
  std::vector<Claim> claim(int want) {
    return WorkQueue(database, new_uuid7()).turn({}, want, kPython).claims;
  }
};

Finished completed(const Claim& claim, const std::string& output = "hi\n") {
  Result result;
  result.status = Status::kCompleted;
  result.output = output;
  result.exit_code = 0;
  result.wall_ms = 12;
  return {claim.id, claim.attempt, result};
}

}  // namespace

TEST_CASE("an execution goes from submission to its result") {
  Bench bench;
  const auto id = bench.submit("alice");
  CHECK(bench.store.find(id, "alice")->status == Status::kQueued);

  const auto claimed = bench.queue.turn({}, 5, kPython).claims;
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0].id == id);
  CHECK(claimed[0].attempt == 1);
  CHECK(claimed[0].owner == "alice");
  CHECK(submission_from_json(claimed[0].request).files[0].content == "print('hi')");
  CHECK(bench.store.find(id, "alice")->status == Status::kRunning);

  const std::string binary("a\0\xff\n", 4);
  CHECK(bench.queue.turn({completed(claimed[0], binary)}, 0, kPython).recorded == std::vector{id});
  const auto done = bench.store.find(id, "alice");
  REQUIRE(done->result);
  CHECK(done->status == Status::kCompleted);
  CHECK(done->result->output == binary);
  CHECK(done->result->wall_ms == 12);
  CHECK(done->attempt == 1);
  CHECK(done->finished_at);
  CHECK(bench.temp.sql("select count(*) from queue") == "0");
}

TEST_CASE("another owner's execution looks like none") {
  Bench bench;
  const auto id = bench.submit("alice");
  CHECK_FALSE(bench.store.find(id, "bob"));
  CHECK_FALSE(bench.store.find_submission(id, "bob"));
  CHECK(bench.store.cancel(id, "bob") == CancelOutcome::kNotFound);
  CHECK(bench.store.remove(id, "bob") == DeleteOutcome::kNotFound);
  CHECK(bench.store.list("bob", {}).empty());
}

TEST_CASE("two workers never claim the same row") {
  Bench bench;
  for (int i = 0; i < 60; ++i) bench.submit("owner" + std::to_string(i % 3));
  std::mutex mutex;
  std::vector<std::string> seen;
  std::vector<std::thread> workers;
  for (int w = 0; w < 3; ++w)
    workers.emplace_back([&] {
      Database own(bench.temp.options(), 1);
      WorkQueue queue(own, new_uuid7());
      for (;;) {
        const auto claims = queue.turn({}, 4, kPython).claims;
        if (claims.empty()) return;
        const std::lock_guard lock(mutex);
        for (const auto& claim : claims) seen.push_back(claim.id);
      }
    });
  for (auto& worker : workers) worker.join();
  // SKIP LOCKED may leave rows that another was just locking; what was claimed was claimed once.
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  const auto rest = bench.claim(100);
  CHECK(seen.size() + rest.size() == 60);
}

TEST_CASE("owners take turns, whoever has the longer queue") {
  Bench bench;
  for (int i = 0; i < 100; ++i) bench.submit("flood");  // 10 s of virtual time
  const auto late = bench.submit("guest");
  const auto claims = bench.claim(50);
  CHECK(std::any_of(claims.begin(), claims.end(), [&](const Claim& c) { return c.id == late; }));
}

TEST_CASE("beside a flood that is far ahead, what others submit is claimed before its remainder") {
  Bench bench;
  // 60 s of virtual time: further than where new rows of others stand.
  for (int i = 0; i < 600; ++i) bench.submit("flood");
  std::size_t ahead = 0;
  for (int i = 0; i < 4; ++i) ahead += bench.queue.turn({}, 100, kPython).claims.size();
  REQUIRE(ahead == 400);

  std::vector<std::string> others;
  for (int i = 0; i < 3; ++i)
    for (const char* owner : {"alice", "bob", "carol"}) others.push_back(bench.submit(owner));
  const auto urgent = bench.submit("dave", Priority::kHigh);
  CHECK(bench.queue.turn({}, 1, kPython).claims.at(0).id == urgent);
  // Which ones a claim takes is settled; in what order it names them is not.
  const auto floods = [&](int want) {
    const auto claims = bench.queue.turn({}, want, kPython).claims;
    CHECK(claims.size() == static_cast<std::size_t>(want));
    return std::count_if(claims.begin(), claims.end(),
                         [](const Claim& claim) { return claim.owner == "flood"; });
  };
  REQUIRE(others.size() == 9);
  CHECK(floods(8) == 0);
  CHECK(floods(3) == 2);
}

TEST_CASE("what stands between the newest and a flood's head is claimed too") {
  Bench bench;
  for (int i = 0; i < 1000; ++i) bench.submit("flood");
  CHECK(bench.queue.turn({}, 900, kPython).claims.size() == 900);
  const auto patient = bench.submit("alice", Priority::kLow);
  // Found by the next sweep at the latest, or when the flood is over.
  bool found = false;
  for (int i = 0; i < 200 && !found; ++i)
    for (const auto& claim : bench.queue.turn({}, 1, kPython).claims) found |= claim.id == patient;
  CHECK(found);
}

TEST_CASE("an owner's executions stand a step apart, after a pause at now") {
  Bench bench;
  bench.submit("alice");
  bench.temp.sql("update queue set key = key + 60000000");  // now is behind the next ones, too
  for (int i = 0; i < 2; ++i) bench.submit("alice");
  CHECK(bench.temp.sql("select max(key) - min(key) from queue") == "200000");
  bench.temp.sql("update queue set key = key - 90000000");  // as if these were older
  const auto later = bench.submit("alice");
  CHECK(
      bench.temp.sql("select key between (extract(epoch from now()) * 1000000)::bigint + 5000000\n"
                     "  and (extract(epoch from now()) * 1000000)::bigint + 10000000\n"
                     "from queue where id = '" +
                     later + "'") == "t");
}

TEST_CASE("past an owner with a hundred thousand rows others are found at once") {
  Bench bench;
  // All of them stand before everybody else in the order of keys.
  bench.temp.sql(
      "insert into queue (id, key, owner, priority, language)\n"
      "select gen_random_uuid(), i, 'flood', 'normal', 'python' from generate_series(1, 100000) i");
  CHECK_FALSE(bench.queue.others_wait(kPython, {"flood"}));
  CHECK(bench.queue.claim_of_others(2, kPython, {"flood"}).empty());
  const auto first = bench.submit("anna");
  bench.submit("anna");
  const auto low = bench.submit("zoe", Priority::kLow);
  CHECK(bench.queue.others_wait(kPython, {"flood"}));
  CHECK_FALSE(bench.queue.others_wait({"ruby"}, {"flood"}));
  const auto claims = bench.queue.claim_of_others(3, kPython, {"flood"});
  REQUIRE(claims.size() == 2);  // one an owner
  CHECK(std::set<std::string>{claims[0].id, claims[1].id} == std::set<std::string>{first, low});
  CHECK(claims[0].attempt == 1);
  CHECK(submission_from_json(claims[0].request).files.size() == 1);
  CHECK(bench.temp.sql("select count(*) from queue where worker is not null") == "2");
  // What somebody else has claimed is not found, nor what was cancelled.
  CHECK(bench.queue.claim_of_others(3, kPython, {"flood", "anna"}).empty());
  bench.expire_leases();
  CHECK(bench.queue.claim_of_others(3, kPython, {"flood", "anna"}).at(0).attempt == 2);
}

TEST_CASE("beside hundreds of owners each has their turn") {
  Bench bench;
  bench.temp.sql(
      "insert into executions (id, owner, language, version, isolation, request)\n"
      "select overlay(uuid7_floor(clock_timestamp())::text placing lpad(i::text, 12, '0') from 25)"
      "::uuid, 'owner ' || i, 'python', '3', 'reuse', '{}' from generate_series(1, 300) as i;\n"
      "insert into queue (id, key, owner, priority, language)\n"
      "select id, 1, owner, 'normal', 'python' from executions");
  std::set<std::string> served;
  for (int i = 0; i < 300; ++i)
    for (const auto& claim : bench.queue.claim_of_others(1, kPython, {}))
      served.insert(claim.owner);
  CHECK(served.size() == 300);
}

TEST_CASE("a high priority goes before a normal one, and a low one after") {
  Bench bench;
  const auto low = bench.submit("a", Priority::kLow);
  const auto normal = bench.submit("a", Priority::kNormal);
  const auto high = bench.submit("a", Priority::kHigh);
  CHECK(bench.claim(1)[0].id == high);
  CHECK(bench.claim(1)[0].id == normal);
  CHECK(bench.claim(1)[0].id == low);
}

TEST_CASE("a worker claims only languages that it can run") {
  Bench bench;
  bench.submit("a");
  CHECK(bench.queue.turn({}, 5, {"cpp"}).claims.empty());
}

TEST_CASE("an expired lease is claimed again and the late answer changes nothing") {
  Bench bench;
  const auto id = bench.submit("a");
  const auto first = bench.queue.turn({}, 1, kPython).claims.at(0);
  CHECK(bench.claim(1).empty());
  bench.expire_leases();
  WorkQueue other(bench.database, new_uuid7());
  const auto second = other.turn({}, 1, kPython).claims.at(0);
  CHECK(second.attempt == 2);
  CHECK(bench.queue.turn({completed(first, "late")}, 0, kPython).recorded.empty());
  CHECK(bench.store.find(id, "a")->status == Status::kRunning);
  CHECK(other.turn({completed(second, "right")}, 0, kPython).recorded.size() == 1);
  CHECK(bench.store.find(id, "a")->result->output == "right");
  CHECK(other.turn({completed(second, "again")}, 0, kPython).recorded.empty());
  CHECK(bench.store.find(id, "a")->result->output == "right");
}

TEST_CASE("after three lost attempts an execution ends as WORKER_LOST") {
  Bench bench;
  const auto id = bench.submit("a");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    REQUIRE(bench.claim(1).size() == 1);
    CHECK(bench.queue.end_lost() == 0);
    bench.expire_leases();
  }
  CHECK(bench.claim(1).empty());
  CHECK(bench.queue.end_lost() == 1);
  const auto lost = bench.store.find(id, "a");
  CHECK(lost->status == Status::kFailed);
  CHECK(lost->result->reason == Reason::kWorkerLost);
  CHECK(lost->attempt == 3);
}

TEST_CASE("a lease from before the server's clock was set back is not waited for") {
  Bench bench;
  const auto set_back = [&](const std::string& id) {
    bench.temp.sql("update queue set lease_until = lease_until + interval '1 hour' where id = '" +
                   id + "'");
  };
  const auto id = bench.submit("a");
  REQUIRE(bench.claim(1).size() == 1);
  CHECK(bench.claim(1).empty());
  set_back(id);
  REQUIRE(bench.claim(1).size() == 1);
  CHECK(bench.claim(1).empty());

  // The same by who records a result on the way.
  bench.submit("b");
  const auto held = bench.queue.turn({}, 1, kPython).claims.at(0);
  set_back(id);
  const auto third = bench.queue.turn({completed(held)}, 1, kPython).claims;
  REQUIRE(third.size() == 1);
  CHECK(third[0].id == id);
  CHECK(third[0].attempt == 3);

  CHECK(bench.queue.end_lost() == 0);
  set_back(id);
  CHECK(bench.queue.end_lost() == 1);
  CHECK(bench.store.find(id, "a")->result->reason == Reason::kWorkerLost);
}

TEST_CASE("handing back does not count as an attempt, releasing does") {
  Bench bench;
  const auto id = bench.submit("a");
  auto claim = bench.queue.turn({}, 1, kPython).claims.at(0);
  bench.queue.hand_back({id});
  CHECK(bench.store.find(id, "a")->status == Status::kQueued);
  WorkQueue other(bench.database, new_uuid7());
  claim = other.turn({}, 1, kPython).claims.at(0);
  CHECK(claim.attempt == 1);
  other.release(id, claim.attempt);
  CHECK(bench.claim(1).at(0).attempt == 2);
}

TEST_CASE("what one worker holds is no other's to renew, to hand back or to release") {
  Bench bench;
  const auto id = bench.submit("a");
  const auto claim = bench.queue.turn({}, 1, kPython).claims.at(0);
  bench.expire_leases();
  WorkQueue other(bench.database, new_uuid7());
  CHECK(other.heartbeat({id}, {"host", 1, 0, 0, {"python"}}).held.empty());
  CHECK(bench.temp.sql("select lease_until < now() from queue") == "t");
  other.hand_back({id});
  other.release(id, claim.attempt);
  bench.queue.release(id, claim.attempt + 1);  // nor is it this attempt's
  CHECK(bench.store.find(id, "a")->status == Status::kRunning);
  CHECK(bench.queue.turn({completed(claim)}, 0, kPython).recorded.size() == 1);
}

TEST_CASE("what is to be cancelled is claimed by nobody when its worker is lost, and ends so") {
  Bench bench;
  const auto id = bench.submit("a");
  REQUIRE(bench.claim(1).size() == 1);
  CHECK(bench.store.cancel(id, "a") == CancelOutcome::kRequested);
  bench.expire_leases();
  CHECK(bench.claim(1).empty());
  CHECK(bench.queue.end_lost() == 1);
  CHECK(bench.store.find(id, "a")->status == Status::kCancelled);
}

TEST_CASE("cancelling ends a queued one, asks for a running one, and refuses a finished one") {
  Bench bench;
  const auto queued = bench.submit("a");
  CHECK(bench.store.cancel(queued, "a") == CancelOutcome::kCancelled);
  CHECK(bench.store.find(queued, "a")->status == Status::kCancelled);
  CHECK(bench.store.cancel(queued, "a") == CancelOutcome::kAlreadyTerminal);

  const auto running = bench.submit("a");
  const auto claim = bench.queue.turn({}, 1, kPython).claims.at(0);
  CHECK(bench.store.cancel(running, "a") == CancelOutcome::kRequested);
  const auto report = bench.queue.heartbeat({running}, {"host", 1, 1, 0, {"python"}});
  CHECK(report.held == std::vector{running});
  CHECK(report.cancelled == std::vector{running});
  bench.queue.turn({completed(claim)}, 0, kPython);
  CHECK(bench.store.cancel(running, "a") == CancelOutcome::kAlreadyTerminal);
}

TEST_CASE("a heartbeat renews what is held and leaves out what was lost") {
  Bench bench;
  bench.submit("a");
  const auto claim = bench.queue.turn({}, 1, kPython).claims.at(0);
  const auto strange = new_uuid7();
  bench.temp.sql("update queue set lease_until = now() + interval '1 s'");
  const auto report = bench.queue.heartbeat({claim.id, strange}, {"host", 2, 1, 0, {"python"}});
  CHECK(report.held == std::vector{claim.id});
  CHECK(bench.temp.sql("select lease_until > now() + interval '15 s' from queue") == "t");
  const auto fleet = bench.store.fleet(10);
  CHECK(fleet.live_workers == 1);
  CHECK(fleet.images == std::set<std::string>{"python"});
  CHECK(fleet.queued == 1);
  bench.queue.sign_off();
  CHECK(bench.store.fleet(10).live_workers == 0);
}

TEST_CASE("deleting removes what is over and nothing else") {
  Bench bench;
  const auto id = bench.submit("a");
  CHECK(bench.store.remove(id, "a") == DeleteOutcome::kNotTerminal);
  const auto claim = bench.queue.turn({}, 1, kPython).claims.at(0);
  CHECK(bench.store.remove(id, "a") == DeleteOutcome::kNotTerminal);
  bench.queue.turn({completed(claim)}, 0, kPython);
  CHECK(bench.store.remove(id, "a") == DeleteOutcome::kDeleted);
  CHECK(bench.store.remove(id, "a") == DeleteOutcome::kNotFound);
  CHECK(bench.temp.sql(
            "select (select count(*) from executions) + (select count(*) from results)") == "0");
}

TEST_CASE("an idempotency key gives the same execution once more, or a conflict") {
  Bench bench;
  const auto submit = [&](const std::string& owner, const std::string& digest) {
    return bench.store.submit({new_uuid7(), owner, hello(), false, "key-1", digest});
  };
  const auto first = std::get<Submitted>(submit("a", "x"));
  CHECK(first.created);
  const auto again = std::get<Submitted>(submit("a", "x"));
  CHECK_FALSE(again.created);
  CHECK(again.id == first.id);
  CHECK(std::holds_alternative<IdempotencyConflict>(submit("a", "y")));
  CHECK(std::get<Submitted>(submit("b", "y")).created);
  CHECK(bench.temp.sql("select count(*) from queue") == "2");
}

TEST_CASE("what is claimed is what the worker's images can run, not the language's name") {
  Bench bench;
  NewExecution execution;
  execution.id = new_uuid7();
  execution.owner = "a";
  execution.submission = hello();
  execution.image = "python-3.11";
  bench.store.submit(execution);
  CHECK(bench.claim(1).empty());
  const auto claims = WorkQueue(bench.database, new_uuid7()).turn({}, 1, {"python-3.11"}).claims;
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].id == execution.id);
  CHECK(bench.temp.sql("select language from executions") == "python");
}

TEST_CASE("the order of the outputs and the files that did not come are stored") {
  Bench bench;
  const auto id = bench.submit("a");
  bench.submit("a");
  const auto claims = bench.claim(2);
  auto mixed = completed(claims.at(0), "one three");
  mixed.result.errors = "two ";
  mixed.result.output_order = {4, -4, 5};
  mixed.result.artifacts = {{"out", "", "is not there"}};
  WorkQueue(bench.database, bench.temp.sql("select worker from queue limit 1"))
      .turn({mixed, completed(claims.at(1))}, 0, kPython);
  const auto found = bench.store.find(claims.at(0).id, "a");
  REQUIRE(found->result);
  CHECK(merged_output(*found->result) == "one two three");
  CHECK(found->result->artifacts.at(0).error == "is not there");
  CHECK(bench.temp.sql("select count(*) from results where output_order is null") == "1");
}

TEST_CASE("whoever registers after the end leaves nothing behind") {
  Bench bench;
  const auto id = bench.submit("a");
  const auto queued = bench.submit("a");
  bench.queue.turn({completed(bench.queue.turn({}, 1, kPython).claims.at(0))}, 0, kPython);
  bench.store.watch(id);
  bench.store.watch(queued);
  bench.queue.end_lost();
  CHECK(bench.temp.sql("select string_agg(execution_id::text, ' ') from watch") == queued);
}

TEST_CASE("submitting the same id twice is harmless") {
  Bench bench;
  const NewExecution execution{new_uuid7(), "a", hello(), false, "", ""};
  bench.store.submit(execution);
  bench.store.submit(execution);
  CHECK(bench.temp.sql("select count(*) from queue") == "1");
}

TEST_CASE("the history is newest first and goes on where the last page ended") {
  Bench bench;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(bench.submit("a"));
  ListFilter filter;
  filter.limit = 2;
  const auto page = bench.store.list("a", filter);
  REQUIRE(page.size() == 2);
  CHECK(page[0].id == ids[4]);
  filter.before = page[1].id;
  CHECK(bench.store.list("a", filter)[0].id == ids[2]);
  filter = {};
  filter.status = Status::kCompleted;
  CHECK(bench.store.list("a", filter).empty());
  filter = {};
  filter.language = "python";
  CHECK(bench.store.list("a", filter).size() == 5);
}

TEST_CASE("a submission wakes an idle worker, and the end wakes whoever watches") {
  Bench bench;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> heard;
  std::atomic<int> connected{0};
  Listener listener(
      bench.temp.options(), {kWorkChannel, kDoneChannel},
      [&](const std::string& channel, const std::string& payload) {
        const std::lock_guard lock(mutex);
        heard.push_back(channel + ":" + payload);
        changed.notify_all();
      },
      [&] {
        const std::lock_guard lock(mutex);
        ++connected;
        changed.notify_all();
      });
  const auto await = [&](const std::function<bool()>& condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(10), condition);
  };
  REQUIRE(await([&] { return connected == 1; }));

  bench.queue.set_idle(true);
  const auto id = new_uuid7();
  bench.store.submit({id, "a", hello(), true, "", ""});
  CHECK(await([&] { return heard == std::vector<std::string>{"runyard_work:"}; }));
  bench.queue.turn({completed(bench.queue.turn({}, 1, kPython).claims.at(0))}, 0, kPython);
  CHECK(await([&] { return heard.size() == 2 && heard[1] == "runyard_done:" + id; }));

  SECTION(
      "a worker that found the queue empty notifies with the finish itself, once and only if "
      "watched") {
    const auto watched = new_uuid7();
    const auto other = new_uuid7();
    bench.store.submit({watched, "a", hello(), true, "", ""});
    bench.store.submit({other, "a", hello(), false, "", ""});
    const auto claims = bench.queue.turn({}, 3, kPython).claims;
    REQUIRE(claims.size() == 2);
    const auto turn = bench.queue.turn({completed(claims[0]), completed(claims[1])}, 0, kPython);
    CHECK(turn.recorded.size() == 2);
    bench.submit("a");  // whatever was sent before it has been heard when this is
    CHECK(await([&] { return heard.size() == 6; }));
    CHECK(std::count(heard.begin(), heard.end(), "runyard_done:" + watched) == 1);
    CHECK(std::count(heard.begin(), heard.end(), "runyard_done:" + other) == 0);
  }

  SECTION("the listener listens again after its connection was cut") {
    bench.temp.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()");
    REQUIRE(await([&] { return connected == 2; }));
    bench.submit("a");
    CHECK(await([&] { return heard.size() == 3; }));
  }
}

TEST_CASE("a result that breaks an invariant is refused by the database") {
  Bench bench;
  bench.submit("a");
  auto wrong = completed(bench.queue.turn({}, 1, kPython).claims.at(0));
  wrong.result.reason = Reason::kWallTime;
  CHECK_THROWS_AS(bench.queue.turn({wrong}, 0, kPython), ResultRefused);
  CHECK(bench.temp.sql("select count(*) from queue") == "1");
}

TEST_CASE("partitions are made ahead and dropped when their month is over") {
  Bench bench;
  bench.temp.sql("select ensure_partitions(now() - interval '400 days', 0)");
  const auto count = [&] {
    return bench.temp.sql(
        "select count(*) from pg_inherits where inhparent = 'executions'::regclass");
  };
  CHECK(count() == "4");
  bench.queue.maintain_partitions(0);
  CHECK(count() == "4");
  bench.queue.maintain_partitions(30);
  CHECK(count() == "3");
  const auto id = bench.submit("a");
  CHECK(bench.store.find(id, "a"));
}

TEST_CASE(
    "workers are forgotten a minute after their last sign of life, or when it is yet to come") {
  Bench bench;
  bench.temp.sql(
      "insert into workers (id, host, slots, running, warm, images, seen_at)\n"
      "select gen_random_uuid(), host, 1, 0, 0, '{python}', clock_timestamp() + ago::interval\n"
      "from (values ('alive', '-10 s'), ('dead', '-2 min'), ('of a clock set back', '1 hour')) "
      "as seen (host, ago);\n"
      "insert into idle_workers select id from workers");
  bench.queue.end_lost();
  CHECK(bench.temp.sql("select string_agg(host, ' ') from workers") == "alive");
  CHECK(bench.temp.sql(
            "select string_agg(host, ' ') from workers join idle_workers on worker = id") ==
        "alive");
  CHECK(bench.temp.sql("select count(*) from idle_workers") == "1");
}
