// The server's queue of notifications is full: somebody filled it, or listens and never reads.
#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/work_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using runyard::test::TempDatabase;

namespace {

/// A database whose pg_notify() says what the server's says then: filling 8 GB takes too long.
struct FullDatabase {
  TempDatabase temp;

  FullDatabase() {
    temp.sql(
        "create schema full_queue;"
        "create function full_queue.pg_notify(text, text) returns void language plpgsql as $$ begin"
        " raise exception 'too many notifications in the NOTIFY queue' using errcode = '54000';"
        " end $$;"
        "do $$ begin execute format('alter database %I set search_path = "
        "full_queue, pg_catalog, public', current_database()); end $$");
  }
};

struct Bench : FullDatabase {
  Database database{temp.options(), 3};
  ExecutionStore store{database};
  WorkQueue queue{database, new_uuid7()};

  std::string submit() {
    Submission s;
    s.language = s.version = "python";
    s.files = {{"main.py", "print()"}};
    s.entry = "main.py";
    const auto id = new_uuid7();
    store.submit({id, "a", s, true, "", ""});
    return id;
  }
};

}  // namespace

TEST_CASE("no submission, result or cancellation is lost for a notification that cannot be sent") {
  Bench bench;
  bench.queue.set_idle(true);  // so that submissions notify
  const auto first = bench.submit();
  const auto second = bench.submit();
  const auto third = bench.submit();
  const auto claims = bench.queue.turn({}, 4, {"python"}).claims;
  REQUIRE(claims.size() == 3);
  CHECK(bench.store.cancel(third, "a") == CancelOutcome::kRequested);
  Result result;
  result.status = Status::kCompleted;
  // It found the queue empty, and notifies with the finish itself; the next one afterwards.
  CHECK(bench.queue.turn({{first, 1, result}}, 0, {}).recorded == std::vector{first});
  CHECK(bench.queue.turn({}, 0, {}).recorded.empty());
  bench.submit();
  REQUIRE(bench.queue.turn({}, 1, {"python"}).claims.size() == 1);
  CHECK(bench.queue.turn({{second, 1, result}}, 0, {}).recorded == std::vector{second});
  for (const auto& id : {first, second})
    CHECK(bench.store.find(id, "a")->status == Status::kCompleted);
  const auto waits = bench.submit();
  CHECK(bench.store.cancel(waits, "a") == CancelOutcome::kCancelled);
}
