#include "gateway/held_runs.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <thread>

#include "core/ids.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::gateway;
using namespace std::chrono_literals;
using runyard::test::await;
using runyard::test::TempDatabase;

namespace {

/// A database whose clock can be set: what is connected later looks for functions there first.
struct SettableDatabase {
  TempDatabase temp;

  SettableDatabase() {
    temp.sql(
        "create schema settable;"
        "create table settable.clock (ahead interval not null);"
        "insert into settable.clock values ('0');"
        "create function settable.clock_timestamp() returns timestamptz language sql volatile as "
        "'select pg_catalog.clock_timestamp() + ahead from settable.clock';"
        "do $$ begin execute format('alter database %I set search_path = "
        "settable, pg_catalog, public', current_database()); end $$");
  }
  void set(const std::string& ahead) {
    temp.sql("update settable.clock set ahead = '" + ahead + "'");
  }
};

/// A gateway's part that renews and sweeps, on a thread of its own.
struct Gateway {
  SettableDatabase server;
  Database database{server.temp.options(), 4};
  ExecutionStore store{database};
  LiveStore live{database};
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  DbThreads db{2};
  HeldRuns held{io, db, live, store, new_uuid7(), {100ms, 8s}};
  std::thread thread{[this] { io.run(); }};

  ~Gateway() {
    io.stop();
    thread.join();
    db.stop();
  }

  std::string submit() {
    Submission s;
    s.language = "python";
    s.version = "3.13";
    s.files = {{"main.py", "print(input())"}};
    s.entry = "main.py";
    s.live = LiveRun{};
    const auto id = new_uuid7();
    store.submit({id, "alice", s, false, "", ""});
    return id;
  }
  /// A run whose gateway has not renewed it for a minute.
  std::string abandoned() {
    const auto id = submit();
    live.hold(id, new_uuid7());
    server.temp.sql(
        "update live_runs set seen_at = seen_at - interval '1 min' where execution_id = '" + id +
        "'");
    return id;
  }
  bool cancelled(const std::string& id) {
    return store.find(id, "alice").value().status == Status::kCancelled;
  }
};

}  // namespace

TEST_CASE("no gateway cancels the runs of another because the database's clock was set forth") {
  Gateway gateway;
  const auto other = new_uuid7();
  const auto own = gateway.submit();
  const auto others = gateway.submit();
  gateway.held.hold(own, gateway.io.get_executor(), [](bool) {});
  gateway.held.start();
  const auto first = gateway.abandoned();
  REQUIRE(await([&] {
    gateway.live.renew(other, {others});
    return gateway.cancelled(first);
  }));

  gateway.server.set("1 hour");
  const auto renewed_since = [&](const std::string& moment) {
    return gateway.server.temp.sql("select seen_at > " + moment +
                                   " from live_runs where execution_id = '" + own + "'") == "t";
  };
  REQUIRE(await([&] { return renewed_since("pg_catalog.clock_timestamp() + interval '50 min'"); }));
  // One more round, after whose renewal nothing of the round before is under way.
  const auto now = gateway.server.temp.sql("select clock_timestamp()");
  REQUIRE(await([&] { return renewed_since("'" + now + "'::timestamptz + interval '500 ms'"); }));
  CHECK_FALSE(gateway.cancelled(others));

  // It goes on to look for those that are abandoned.
  const auto second = gateway.abandoned();
  REQUIRE(await([&] {
    gateway.live.renew(other, {others});
    return gateway.cancelled(second);
  }));
  CHECK_FALSE(gateway.cancelled(others));
  CHECK_FALSE(gateway.cancelled(own));
}
