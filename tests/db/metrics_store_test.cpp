#include "core/metrics_store.hpp"

#include <pqxx/pqxx>

#include "core/database_connection.hpp"
#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/service_figures.hpp"
#include "core/work_queue.hpp"
#include "fcgi-app/metrics_page.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;
using runyard::test::TempDatabase;

namespace {

const ProcessName kApi{"api", "one", "1-aa"};
const ProcessName kWorker{"worker", "two", "1-bb"};

struct Bench {
  Bench() { test::quiet_log(); }

  std::string submit(bool live = false, const std::string& language = "python") {
    Submission s;
    s.language = language;
    s.version = "1";
    s.files = {{"main.py", "x"}};
    s.entry = "main.py";
    if (live) s.live.emplace();
    const auto id = new_uuid7();
    NewExecution execution{id, "a", s, false, "", ""};
    execution.image = language;
    store.submit(execution);
    return id;
  }

  TempDatabase temp;
  Database database{temp.options(), 3};
  ExecutionStore store{database};
  MetricsStore metrics{database};
  WorkQueue queue{database, new_uuid7()};
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what a process counts is there for the others until it ends") {
  Bench bench;
  bench.metrics.write(kApi, "a 1\n");
  bench.metrics.write(kApi, "a 2\n");
  bench.metrics.write(kWorker, "b 1\n");
  CHECK(bench.metrics.others(kWorker) == Texts{"a 2\n"});
  CHECK(bench.metrics.others(kApi) == Texts{"b 1\n"});
  CHECK(bench.metrics.others({"gateway", "one", "3"}) == Texts{"a 2\n", "b 1\n"});
  bench.metrics.remove(kApi);
  CHECK(bench.metrics.others(kWorker).empty());
}

TEST_CASE("the page shows of its own process what every other process shows of it") {
  Bench bench;
  metrics::registry().counter("runyard_test_own_total", "Of this test.").add();
  const auto texts = [&] { return look_at_metrics(bench.database, bench.metrics, kApi); };
  // Nothing is written yet: what it counts now is the beginning.
  CHECK(texts().at(0).find("runyard_test_own_total{host=\"one\"") != std::string::npos);
  bench.metrics.write(kWorker, "b 1\n");
  bench.metrics.write(kApi, "a 1\n");
  CHECK(texts().at(0) == "a 1\n");
  CHECK(texts().at(1) == "b 1\n");
}

TEST_CASE("what was not written for 15 s is not shown: it has counted on, or is gone") {
  Bench bench;
  bench.metrics.write(kApi, "a 1\n");
  bench.temp.sql("update metrics set at = at - interval '16 s'");
  CHECK(bench.metrics.others(kWorker).empty());
  CHECK_FALSE(bench.metrics.own(kApi));
  bench.metrics.write(kApi, "a 2\n");
  CHECK(bench.metrics.others(kWorker) == Texts{"a 2\n"});
  CHECK(bench.metrics.own(kApi) == "a 2\n");
}

TEST_CASE("what was written a minute ago counts no more, and the next writer takes it away") {
  Bench bench;
  bench.metrics.write(kApi, "a 1\n");
  bench.temp.sql("update metrics set at = at - interval '61 s'");
  CHECK(bench.metrics.others(kWorker).empty());
  CHECK(bench.temp.sql("select count(*) from metrics") == "1");
  bench.metrics.write(kWorker, "b 1\n");
  CHECK(bench.temp.sql("select string_agg(program, ' ') from metrics") == "worker");
}

TEST_CASE("a writer writes the registry's text and takes it away at its end") {
  Bench bench;
  metrics::registry().counter("runyard_test_writer_total", "Of this test.").add();
  {
    const MetricsWriter writer(bench.metrics, kWorker, 10ms);
    CHECK(await([&] { return !bench.metrics.others(kApi).empty(); }));
    const auto text = bench.metrics.others(kApi).at(0);
    CHECK(
        text.find("runyard_test_writer_total{host=\"two\",process=\"1-bb\",program=\"worker\"}") !=
        std::string::npos);
    CHECK_FALSE(writer.cannot_write());
  }
  CHECK(bench.temp.sql("select count(*) from metrics") == "0");
}

TEST_CASE("a writer that cannot write for want of a database says so, and goes on when it can") {
  Bench bench;
  Database nowhere("host=/nonexistent dbname=x", 1);
  MetricsStore store(nowhere);
  const MetricsWriter writer(store, kWorker, 5ms);
  CHECK(await([&] { return writer.cannot_write(); }));

  // A sequence counts tries also where what was tried is undone.
  bench.temp.sql("create sequence tries");
  bench.temp.sql(
      "create function refuse() returns trigger language plpgsql as "
      "$$ begin perform nextval('tries'); raise exception using errcode = tg_argv[0]; end $$");
  const auto refuse = [&](const std::string& why) {
    bench.temp.sql(
        "create or replace trigger refuse before insert or update on metrics"
        " for each statement execute function refuse('" +
        why + "')");
  };
  const MetricsWriter other(bench.metrics, kApi, 5ms);
  CHECK(await([&] { return !bench.metrics.others(kWorker).empty(); }));
  refuse("check_violation");  // no fault of the database's means
  CHECK(await([&] { return bench.temp.sql("select last_value >= 4 from tries") == "t"; }));
  CHECK_FALSE(other.cannot_write());
  refuse("disk_full");
  CHECK(await([&] { return other.cannot_write(); }));
  bench.temp.sql("drop trigger refuse on metrics");
  CHECK(await([&] { return !other.cannot_write(); }));
}

TEST_CASE("a program whose own connections are all in use does not say that nobody can write") {
  Bench bench;
  Database one(bench.temp.options(), 1);
  MetricsStore store(one);
  auto& busy =
      metrics::registry().counter("runyard_database_failures_total", "", {{"reason", "busy"}});
  one.run([&](DatabaseConnection& /*all there is*/) {
    const auto before = busy.value();
    const MetricsWriter writer(store, kApi, 1ms);
    CHECK(await([&] { return busy.value() >= before + 3; }, 30s));
    CHECK_FALSE(writer.cannot_write());
  });
}

TEST_CASE("the figures of the queue are those of its rows") {
  Bench bench;
  auto figures = look_at_service(bench.database);
  CHECK(figures.ordinary.waiting == 0);
  CHECK(figures.ordinary.oldest_waiting_s == 0);
  CHECK(figures.workers == 0);
  for (int i = 0; i < 3; ++i) bench.submit();
  bench.submit(true);
  CHECK(bench.queue.turn({}, 1, {"python"}).claims.size() == 1);
  bench.temp.sql(
      "update queue set queued_at = queued_at - interval '100 s' where worker is null and live_key "
      "is null");
  bench.temp.sql(
      "update queue set lease_until = clock_timestamp() - interval '1 s' where worker is "
      "not null");
  bench.queue.heartbeat({}, {"host", 4, 1, 2, {"python"}});
  figures = look_at_service(bench.database);
  CHECK(figures.ordinary.waiting == 2);
  CHECK(figures.ordinary.running == 1);
  CHECK(figures.ordinary.expired_leases == 1);
  CHECK(figures.ordinary.oldest_waiting_s >= 100);
  CHECK(figures.live.waiting == 1);
  CHECK(figures.live.running == 0);
  CHECK(figures.live.oldest_waiting_s < 100);
  CHECK(figures.workers == 1);
  CHECK(figures.slots == 4);
  CHECK(figures.busy_slots == 1);
  CHECK(figures.idle_sandboxes == 2);
  bench.temp.sql("update workers set seen_at = seen_at - interval '16 s'");  // one that is lost
  CHECK(look_at_service(bench.database).workers == 0);
  CHECK(look_at_service(bench.database).slots == 0);
  CHECK(figures.connections >= 1);
  CHECK(figures.max_connections >= figures.connections);
  // Those of other databases take the same places: two, since whoever asks for our own is one more.
  const pqxx::connection elsewhere(test::test_cluster() + " dbname=postgres");
  const pqxx::connection and_another(test::test_cluster() + " dbname=postgres");
  const auto all = look_at_service(bench.database).connections;
  const auto own = "select numbackends from pg_stat_database where datname = current_database()";
  CHECK(all > std::stoll(bench.temp.sql(own)));
}

TEST_CASE("a claim tells how long it waited") {
  Bench bench;
  bench.submit();
  bench.temp.sql("update queue set queued_at = queued_at - interval '100 s'");
  const auto turn = bench.queue.turn({}, 1, {"python"});
  REQUIRE(turn.claims.size() == 1);
  CHECK(turn.claims[0].waited_s >= 100);
  CHECK(turn.claims[0].waited_s < 1000);
}

TEST_CASE("webhooks that should have been sent are counted with their age") {
  Bench bench;
  bench.temp.sql(
      "insert into webhooks (execution_id, owner, url, due_at) values "
      "(gen_random_uuid(), 'a', 'http://a.example/', clock_timestamp() - interval '50 s'), "
      "(gen_random_uuid(), 'a', 'http://a.example/', clock_timestamp() + interval '50 s')");
  const auto figures = look_at_service(bench.database);
  CHECK(figures.webhooks_pending == 2);
  CHECK(figures.webhooks_overdue_s >= 50);
  CHECK(figures.webhooks_overdue_s < 1000);
}

TEST_CASE("a transaction that is left open shows as the oldest snapshot") {
  Bench bench;
  // Others of the cluster's tests have other databases, which do not count.
  const auto before = look_at_service(bench.database);
  REQUIRE(before.oldest_snapshot_s);
  CHECK(*before.oldest_snapshot_s < 1);
  pqxx::connection session(bench.temp.options());
  pqxx::work report(session);
  report.exec("set transaction isolation level repeatable read");
  report.exec("select 1");
  bench.temp.sql("select pg_sleep(0.05)");
  CHECK(*look_at_service(bench.database).oldest_snapshot_s >= 0.05);
  report.commit();
  CHECK(await([&] { return *look_at_service(bench.database).oldest_snapshot_s < 0.05; }));
}

TEST_CASE("who may not see other sessions learns no age of a snapshot rather than a wrong one") {
  Bench bench;
  bench.temp.sql("create role owner_" + bench.temp.sql("select current_database()"));
  const auto role = "owner_" + bench.temp.sql("select current_database()");
  bench.temp.sql("alter function oldest_snapshot_s() owner to " + role);
  CHECK_FALSE(look_at_service(bench.database).oldest_snapshot_s);
  bench.temp.sql("grant pg_read_all_stats to " + role);
  CHECK(look_at_service(bench.database).oldest_snapshot_s);
  bench.temp.sql("alter function oldest_snapshot_s() owner to current_user");
  bench.temp.sql("drop role " + role);
}

TEST_CASE("the figures of 100,000 queued executions are found without reading the history") {
  Bench bench;
  bench.temp.sql(
      "insert into queue (id, key, owner, priority, language) select gen_random_uuid(), n, 'a', "
      "'normal', 'python' from generate_series(1, 100000) as n");
  // Somebody who may not read the history learns the same.
  const auto role = "figures_" + bench.temp.sql("select current_database()");
  bench.temp.sql("create role " + role);
  bench.temp.sql("grant select on queue, workers, webhooks to " + role);
  bench.temp.sql("grant execute on function oldest_snapshot_s() to " + role);
  {
    Database limited(bench.temp.options() + " options='-c role=" + role + "'", 1);
    CHECK(look_at_service(limited).ordinary.waiting == 100'000);
    const auto count_history = [](DatabaseConnection& connection) {
      pqxx::nontransaction(connection.raw()).exec("select count(*) from executions");
    };
    CHECK_THROWS(limited.run(count_history));
  }
  bench.temp.sql("drop owned by " + role);
  bench.temp.sql("drop role " + role);
}
