// GET /ready over a real database, and what makes it fail.
#include <pqxx/pqxx>

#include "core/ids.hpp"
#include "core/metrics_store.hpp"
#include "core/schema.hpp"
#include "core/work_queue.hpp"
#include "fcgi-app/api.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;

namespace {

/// An API that looks as main.cpp has it do, and a worker that gave a sign of life.
struct Bench {
  Bench() {
    test::quiet_log();
    ApiContext context{authenticator, executions, catalog, monitor, waiters, {}};
    context.writer = &writer;
    api = std::make_unique<Api>(context);
    worker.heartbeat({}, {"host", 2, 0, 0, {"python"}});
  }
  /// A program for python's image; its id.
  std::string submit() {
    Submission submission;
    submission.language = "python";
    submission.version = "1";
    submission.files = {{"main.py", "x"}};
    submission.entry = "main.py";
    NewExecution execution{new_uuid7(), "a", submission, false, "", ""};
    execution.image = "python";
    store.submit(execution);
    return execution.id;
  }
  Fleet look(std::int64_t count_up_to) {
    require_schema(database);
    auto fleet = store.fleet(count_up_to);
    fleet.next = store.next_waiting(fleet.images);
    return fleet;
  }
  /// What /ready says is wrong; "" when it is 200.
  std::string why() const {
    auto request = test::request_to("GET", "/ready");
    const auto response = api->handle(request);
    if (response.status == 200) return "";
    CHECK(response.status == 503);
    CHECK(response.header("Retry-After"));
    return *json::parse(response.body).find("detail")->string();
  }
  bool says(const std::string& what) const {
    const bool said = await([&] { return why() == what; });
    if (!said) UNSCOPED_INFO("it says: " << why());
    return said;
  }

  test::TempDatabase temp;
  Database database{temp.options(), 3};
  ExecutionStore store{database};
  WorkQueue worker{database, "01920000-0000-7000-8000-000000000001"};
  StoredExecutions executions{store};
  LanguageCatalog catalog = test::small_catalog();
  Waiters waiters{4};
  AnonymousAuthenticator authenticator;
  MetricsStore metrics{database};
  MetricsWriter writer{metrics, {"api", "host", "1"}, 20ms};
  FleetMonitor monitor{[this](std::int64_t count_up_to) { return look(count_up_to); }, 100, 20ms};
  std::unique_ptr<Api> api;
};

}  // namespace

TEST_CASE("an API with a worker that can run something is ready") {
  Bench bench;
  CHECK(bench.says(""));
}

TEST_CASE("without a worker nothing is ready") {
  Bench bench;
  REQUIRE(bench.says(""));
  bench.temp.sql("update workers set seen_at = seen_at - interval '16 s'");
  CHECK(bench.says("no worker is running"));
  bench.worker.heartbeat({}, {"host", 2, 0, 0, {"python"}});
  CHECK(bench.says(""));
}

TEST_CASE("while all workers drain nothing is ready, while one does not everything is") {
  Bench bench;
  bench.temp.sql("update workers set draining = true");
  CHECK(bench.says("all workers are being drained"));
  WorkQueue other(bench.database, "01920000-0000-7000-8000-000000000002");
  other.heartbeat({}, {"host", 2, 0, 0, {"python"}});
  CHECK(bench.says(""));
}

TEST_CASE("workers without the image of any language are none") {
  Bench bench;
  bench.temp.sql("update workers set images = '{}'");
  CHECK(bench.says("no worker has the image of any language"));
}

TEST_CASE("a newer schema, an older one and none are told apart from a database that is away") {
  Bench bench;
  REQUIRE(bench.says(""));
  const auto needs = ", this program needs " + std::to_string(kSchemaVersion);
  const auto newer = std::to_string(kSchemaVersion + 1);
  bench.temp.sql("insert into schema_version (version, name) values (" + newer + ", 'later')");
  CHECK(bench.says("the database has schema version " + newer + needs));
  bench.temp.sql("delete from schema_version where version >= " + std::to_string(kSchemaVersion));
  CHECK(
      bench.says("the database has schema version " + std::to_string(kSchemaVersion - 1) + needs));
  bench.temp.sql("insert into schema_version (version, name) values (" +
                 std::to_string(kSchemaVersion) + ", 'again')");
  CHECK(bench.says(""));
}

TEST_CASE("a database that takes no writes is not ready") {
  Bench bench;
  REQUIRE(bench.says(""));
  const auto name = bench.temp.sql("select current_database()");
  bench.temp.sql("alter database " + name + " set default_transaction_read_only = on");
  // It counts for sessions that begin after it.
  bench.temp.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = "
      "current_database() and pid <> pg_backend_pid()");
  CHECK(bench.says("the database is read-only"));
}

TEST_CASE("a database that can be read and, with its disk full, not written is not ready") {
  Bench bench;
  REQUIRE(bench.says(""));
  bench.temp.sql(
      "create function refuse() returns trigger language plpgsql as "
      "$$ begin raise exception using errcode = 'disk_full'; end $$");
  bench.temp.sql(
      "create trigger refuse before insert or update on metrics execute function refuse()");
  CHECK(bench.says("the database cannot write; its log says why"));
  bench.temp.sql("drop trigger refuse on metrics");
  CHECK(bench.says(""));
}

TEST_CASE("a database whose sessions all end and that takes no new ones is away") {
  Bench bench;
  REQUIRE(bench.says(""));
  const auto name = bench.temp.sql("select current_database()");
  const auto allow = [&](const char* connections) {
    pqxx::connection outside(test::test_cluster() + " dbname=postgres");
    pqxx::nontransaction session(outside);
    session.exec("alter database " + name + " allow_connections " + connections);
    session.exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name +
                 "'");
  };
  allow("false");
  CHECK(bench.says("the database is away"));
  allow("true");
  CHECK(bench.says(""));
}

TEST_CASE("a program that waits beside idle workers is told as next until it is claimed") {
  Bench bench;
  CHECK(bench.store.next_waiting({"python"}).empty());
  const auto first = bench.submit();
  CHECK(bench.store.next_waiting({"python"}) == first);
  CHECK(bench.store.next_waiting({"cpp"}).empty());
  const auto fleet = bench.look(100);
  CHECK(fleet.room);
  CHECK(fleet.next == first);
  REQUIRE(bench.worker.turn({}, 1, {"python"}).claims.size() == 1);
  CHECK(bench.store.next_waiting({"python"}).empty());
  bench.worker.heartbeat({first}, {"host", 2, 2, 0, {"python"}});
  CHECK_FALSE(bench.look(100).room);
}

TEST_CASE("a program whose only worker is full or drained is no sign that idle ones do not serve") {
  Bench bench;
  const auto first = bench.submit();
  WorkQueue idle(bench.database, "01920000-0000-7000-8000-000000000002");
  idle.heartbeat({}, {"host", 2, 0, 0, {"cpp"}});
  CHECK(bench.look(100).next == first);
  bench.temp.sql("update workers set draining = true where 'python' = any (images)");
  CHECK(bench.look(100).room);
  CHECK(bench.look(100).next.empty());
  bench.temp.sql("update workers set draining = false");
  bench.worker.heartbeat({}, {"host", 2, 2, 0, {"python"}});
  CHECK(bench.look(100).room);
  CHECK(bench.look(100).next.empty());
  bench.worker.heartbeat({}, {"host", 2, 1, 0, {"python"}});
  CHECK(bench.look(100).next == first);
}
