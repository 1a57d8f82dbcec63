// Cancelling against everything else that may happen to an execution at that time.
#include <memory>
#include <pqxx/pqxx>
#include <thread>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/work_queue.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using runyard::test::TempDatabase;

namespace {

const std::vector<std::string> kPython = {"python"};

struct Bench {
  TempDatabase temp;
  Database database{temp.options(), 4};
  ExecutionStore store{database};
  WorkQueue queue{database, new_uuid7()};

  std::string submit(const std::string& owner) {
    Submission submission;
    submission.language = "python";
    submission.version = "3.13";
    submission.files = {{"main.py", "print('hi')"}};
    submission.entry = "main.py";
    const auto id = new_uuid7();
    store.submit({id, owner, submission, false, "", ""});
    return id;
  }
  void expire_leases() {
    temp.sql("update queue set lease_until = now() - interval '1 s' where worker is not null");
  }
  std::vector<Claim> claim(int want) {
    return WorkQueue(database, new_uuid7()).turn({}, want, kPython).claims;
  }
};

}  // namespace

TEST_CASE("a cancelled execution whose worker is lost ends as cancelled and is not run again") {
  Bench bench;
  const auto id = bench.submit("a");
  bench.queue.turn({}, 1, kPython);
  REQUIRE(bench.store.cancel(id, "a") == CancelOutcome::kRequested);
  bench.expire_leases();
  CHECK(bench.claim(1).empty());
  CHECK(bench.queue.end_lost() == 1);
  const auto ended = bench.store.find(id, "a");
  CHECK(ended->status == Status::kCancelled);
  CHECK(ended->result->reason == Reason::kCancelled);
}

TEST_CASE("a cancelled execution that is given back ends as cancelled") {
  Bench bench;
  const auto id = bench.submit("a");
  const auto claim = bench.queue.turn({}, 1, kPython).claims.at(0);
  REQUIRE(bench.store.cancel(id, "a") == CancelOutcome::kRequested);
  SECTION("handed back") { bench.queue.hand_back({id}); }
  SECTION("released") { bench.queue.release(id, claim.attempt); }
  CHECK(bench.claim(1).empty());
  CHECK(bench.queue.end_lost() == 1);
  CHECK(bench.store.find(id, "a")->status == Status::kCancelled);
  CHECK(bench.temp.sql("select count(*) from queue") == "0");
}

TEST_CASE("cancelling at the moment of a claim asks the one who claimed") {
  Bench bench;
  const auto id = bench.submit("a");
  pqxx::connection claimer(bench.temp.options());
  auto claim = std::make_unique<pqxx::work>(claimer);
  claim->exec(
      "update queue set worker = gen_random_uuid(), attempt = 1, lease_until = now() + interval "
      "'20 s'");
  auto outcome = CancelOutcome::kNotFound;
  std::thread canceller([&] { outcome = bench.store.cancel(id, "a"); });
  // It waits for the claim's lock, having looked at the row before.
  CHECK(test::await([&] {
    return bench.temp.sql(
               "select count(*) from pg_stat_activity where datname = current_database() and "
               "wait_event_type = 'Lock'") == "1";
  }));
  claim->commit();
  canceller.join();
  CHECK(outcome == CancelOutcome::kRequested);
  CHECK(bench.temp.sql("select cancelled from queue") == "t");
}
