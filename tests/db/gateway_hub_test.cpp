// Whom the gateway believes that an execution is over.
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <pqxx/pqxx>
#include <thread>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "gateway/hub.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::gateway;
using runyard::test::await;
using runyard::test::TempDatabase;

namespace {

struct Bench {
  TempDatabase temp;
  Database database{temp.options(), 3};
  ExecutionStore store{database};
  LiveStore live{database};
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  DbThreads db{1};
  Hub hub{io, db, live};
  std::thread thread{[this] { io.run(); }};

  Bench() {
    hub.start(temp.options());
    REQUIRE(await([this] { return hub.connected(); }));
  }
  ~Bench() {
    hub.stop();
    io.stop();
    thread.join();
    db.stop();
  }

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

/// What somebody hears who waits for an execution.
struct Waiter {
  Waiter(Bench& bench, const std::string& id)
      : subscription(bench.hub.subscribe(
            id, [this](News news) { (news == News::kOver ? over : events)++; })) {}
  std::atomic<int> over{0};
  std::atomic<int> events{0};
  std::shared_ptr<Subscription> subscription;
};

}  // namespace

TEST_CASE("an execution is over when its row says so, whoever else says it") {
  Bench bench;
  const auto id = bench.submit();
  Waiter runs(bench, id);
  const auto second = bench.submit();
  Waiter ends(bench, second);
  pqxx::connection forger(bench.temp.options() + " user=runyard_reporting");
  pqxx::nontransaction session(forger);
  session.exec("set default_transaction_read_only = off");
  for (int i = 0; i < 3; ++i) session.exec("notify runyard_done, '" + id + "'");
  // Looked up in its order: after a true one all before it have been.
  CHECK(bench.store.cancel(second, "a") == CancelOutcome::kCancelled);
  CHECK(await([&] { return ends.over > 0; }));
  CHECK(runs.over == 0);
  // It says that there may be events, which are then read.
  session.exec("notify runyard_output, '" + id + "'");
  CHECK(await([&] { return runs.events > 0; }));
  CHECK(runs.over == 0);
  bench.store.cancel(id, "a");
  CHECK(await([&] { return runs.over > 0; }));
}
