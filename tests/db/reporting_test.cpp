// The views of sql/reporting: what they say, and that they say no more.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/reporting_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

using Rows = std::vector<std::string>;

/// An execution of this time and its result; `end` is what follows attempt, worker and runtime in
/// the list below.
void put(const ReportingDatabase& database, const std::string& time, const std::string& owner,
         const std::string& end, const std::string& problem = "null") {
  database.sql("select ensure_partitions('" + time + "', 0)");
  database.sql(
      "insert into executions (id, owner, language, version, isolation, request, created_at,"
      " problem_id) values (uuid7_floor('" +
      time + "'), '" + owner + "', 'python', '3.13', 'reuse', '{}', '" + time + "', " + problem +
      ")");
  database.sql(
      "insert into results (execution_id, attempt, worker, runtime, status, reason, wall_ms,"
      " cpu_ms, queue_ms, sandbox_reused, score, started_at, finished_at)"
      " select uuid7_floor(at), 1, '01900000-0000-7000-8000-000000000001', 'runc', " +
      end + ", at + interval '2 s', at + interval '5 s' from (select timestamptz '" + time +
      "' as at) as t");
}

/// Four executions of one hour, and one of the next day.
void put_some(const ReportingDatabase& database) {
  database.sql(
      "insert into problems (id, owner, title, time_limit_ms) values"
      " ('22222222-2222-2222-2222-222222222222', 'account:9', 'Sum', 1000)");
  const std::string sum = "'22222222-2222-2222-2222-222222222222'";
  put(database, "2026-01-31 22:00Z", "account:1", "'COMPLETED', null, 100, 80, 10, false, 1", sum);
  put(database, "2026-01-31 22:30Z", "account:2",
      "'FAILED', 'WRONG_ANSWER', 300, 200, 20, true, 0.5", sum);
  put(database, "2026-01-31 22:59:59.999Z", "account:1",
      "'COMPLETED', null, 200, 120, 2000, true, null");
  put(database, "2026-01-31 22:10Z", "account:1",
      "'FAILED', 'SANDBOX_FAILURE', null, null, 30, false, null");
  put(database, "2026-02-01 00:00Z", "account:1", "'TIMEOUT', 'WALL_TIME', 1000, 5, 1, true, 1");
}

}  // namespace

TEST_CASE("reports say how many executions ended how, who had them and why they failed") {
  ReportingDatabase database;
  put_some(database);
  CHECK(
      database.ask("select hour at time zone 'UTC', day, language, status, executions,"
                   " wall_ms_avg, cpu_s from reporting.executions_by_hour order by hour, status") ==
      Rows{"2026-01-31 22:00:00|2026-01-31|python|COMPLETED|2|150|0.20000000000000000000",
           "2026-01-31 22:00:00|2026-01-31|python|FAILED|2|300|0.20000000000000000000",
           "2026-02-01 00:00:00|2026-02-01|python|TIMEOUT|1|1000|0.00500000000000000000"});
  CHECK(database.ask("select day, version, status, executions from reporting.executions_by_day"
                     " where day = '2026-01-31' order by status") ==
        Rows{"2026-01-31|3.13|COMPLETED|2", "2026-01-31|3.13|FAILED|2"});
  CHECK(database.ask("select owner, executions, completed, failed, timed_out, worker_s::int"
                     " from reporting.owners_by_day where day = '2026-01-31' order by owner") ==
        Rows{"account:1|3|2|1|0|9", "account:2|1|0|1|0|3"});
  CHECK(database.ask("select reason, executions, share from reporting.failures_by_hour"
                     " where day = '2026-01-31' order by reason") ==
        Rows{"SANDBOX_FAILURE|1|0.25", "WRONG_ANSWER|1|0.25"});
  CHECK(database.ask("select title, executions, owners, completed, owners_completed,"
                     " wrong_answers, score_avg from reporting.problem_statistics_by_day") ==
        Rows{"Sum|2|2|1|1|1|0.75"});
}

TEST_CASE("reports say how long executions took and waited, and what workers did") {
  ReportingDatabase database;
  put_some(database);
  const std::string that_hour = " where hour = '2026-01-31 22:00Z'";
  CHECK(database.ask("select executions, wall_ms_p50, wall_ms_p90, wall_ms_max, total_ms_p50"
                     " from reporting.latency_by_hour" +
                     that_hour) == Rows{"3|200|300|300|5000"});
  CHECK(database.ask("select executions, wall_ms_max from reporting.latency_by_day order by day") ==
        Rows{"3|300", "1|1000"});
  CHECK(database.ask("select executions, queue_ms_p50, queue_ms_max, over_1s"
                     " from reporting.queue_waits_by_hour" +
                     that_hour) == Rows{"4|20|2000|1"});
  CHECK(database.ask("select host, executions, busy_s::int, busy_share, sandbox_failures"
                     " from reporting.worker_use_by_hour" +
                     that_hour) == Rows{"|4|12||1"});
  database.sql(
      "insert into workers (id, host, slots, running, warm, images, draining) values"
      " ('01900000-0000-7000-8000-000000000001', 'here', 2, 1, 0, array['a', 'b'], true)");
  CHECK(database.ask("select host, round(busy_share, 6) from reporting.worker_use_by_hour" +
                     that_hour) == Rows{"here|0.001667"});
  CHECK(database.ask("select host, slots, running, images, alive, draining"
                     " from reporting.workers") == Rows{"here|2|1|2|t|t"});
  CHECK(database.ask("select executions, reused, overhead_ms_p50_reused, overhead_ms_p50_fresh"
                     " from reporting.sandbox_reuse_by_hour" +
                     that_hour) == Rows{"3|2|2700|2900"});
}

TEST_CASE("an execution that is not finished is in the reports") {
  ReportingDatabase database;
  // In one transaction, which has one now().
  std::string both;
  for (const std::string id :
       {"uuid7_floor(now() - interval '1 s')", "uuid7_floor(now() - interval '2 s')"})
    both += "insert into executions (id, owner, language, version, isolation, request) values (" +
            id + ", 'addr:10.0.0.1', 'python', '3.13', 'reuse', '{}');" +
            "insert into queue (id, key, owner, priority, language, queued_at) values (" + id +
            ", 1, 'addr:10.0.0.1', 'normal', 'py', now() - interval '1 min');";
  database.sql(both);
  database.sql(
      "update queue set worker = gen_random_uuid(), attempt = 1, lease_until = now(),"
      " claimed_at = queued_at + interval '7 s' where id = (select max(id::text)::uuid from "
      "queue)");
  CHECK(database.ask("select status, executions from reporting.executions_by_day"
                     " where day >= current_date - 1 order by status") ==
        Rows{"QUEUED|1", "RUNNING|1"});
  CHECK(database.ask("select owner_kind, attempt, queue_ms from reporting.executions"
                     " order by attempt") == Rows{"addr|0|", "addr|1|7000"});
  CHECK(database.ask("select image, priority, queued, running, oldest_wait_ms >= 60000"
                     " from reporting.queue") == Rows{"py|normal|1|1|t"});
}

TEST_CASE("made-up executions are counted once in every report") {
  ReportingDatabase database;
  database.generate(4000);
  const auto all = database.sql("select count(*) from executions");
  REQUIRE(all == "4000");
  for (const std::string view : {"executions_by_hour", "executions_by_day", "owners_by_day"})
    CHECK(database.ask("select sum(executions) from reporting." + view) == Rows{all});
  CHECK(database.ask("select count(*) from reporting.executions") == Rows{all});
  CHECK(database.ask("select count(*) from reporting.code_executions") == Rows{all});
  const auto same = [&](const std::string& report, const std::string& table) {
    CHECK(database.ask(report) == Rows{database.sql(table)});
  };
  same("select sum(executions) from reporting.failures_by_hour",
       "select count(*) from results where reason is not null");
  same("select sum(executions) from reporting.problem_statistics_by_day",
       "select count(*) from executions where problem_id is not null");
  same("select count(*) from reporting.submissions where status <> 'PENDING'",
       "select count(*) from submissions where status <> 'PENDING'");
  same("select sum(passed_count) from reporting.submissions",
       "select sum(passed_count) from submissions");
  same("select sum(queued) from reporting.queue", "select count(*) from queue");
  const auto hour = database.sql("select date_trunc('hour', now() - interval '1 day')");
  same("select sum(executions) from reporting.executions_by_hour where hour >= '" + hour + "'",
       "select count(*) from executions where created_at >= '" + hour + "'");
}

TEST_CASE("a report over an empty database is empty") {
  ReportingDatabase database;
  for (const auto& view : reporting_views(database)) {
    INFO(view);
    const auto rows = database.ask("select * from reporting." + view);
    CHECK(rows.size() == (view == "users" || view == "problems" ? 1U : 0U));
  }
}

TEST_CASE("a day's report reads no partition as a whole, whatever else is kept") {
  ReportingDatabase database;
  database.generate(4000);
  database.sql("grant select on executions, results to runyard_reporting");
  REQUIRE(whole_scans(database, "select count(*) from results").size() >= 1);
  for (const auto& view : reporting_views(database)) {
    INFO(view);
    const auto columns = database.ask(
        "select attname from pg_attribute where attrelid = 'reporting." + view + "'::regclass");
    const auto has = [&](const char* name) {
      return std::find(columns.begin(), columns.end(), name) != columns.end();
    };
    const auto query = "select * from reporting." + view;
    if (has("hour"))
      CHECK(whole_scans(database, query + " where hour >= now() - interval '1 day'") == Rows{});
    if (has("day")) CHECK(whole_scans(database, query + " where day = current_date - 1") == Rows{});
  }
}

TEST_CASE("every report and each of its columns is described") {
  ReportingDatabase database;
  CHECK(reporting_views(database).size() >= 15);
  CHECK(database.ask("select c.relname, a.attname from pg_class c"
                     " left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
                     " where c.relnamespace = 'reporting'::regnamespace"
                     " and (obj_description(c.oid, 'pg_class') is null"
                     "      or col_description(c.oid, a.attnum) is null)") == Rows{});
}
