// A live run whose result cannot be had, over a real database and an API that the test writes.
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/strand.hpp>
#include <future>
#include <thread>

#include "core/ids.hpp"
#include "fcgi-app/fcgi_server.hpp"
#include "gateway/admission.hpp"
#include "gateway/api_client.hpp"
#include "gateway/backlog.hpp"
#include "gateway/held_runs.hpp"
#include "gateway/hub.hpp"
#include "gateway/live_context.hpp"
#include "gateway/live_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/requests.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::gateway;
using namespace std::chrono_literals;

namespace {

struct Told final : LiveRunListener {
  void on_started(const std::string& /*execution_id*/) override {}
  void on_events(std::vector<LiveEvent> /*events*/) override {}
  void on_refused(const gateway::Problem& problem) override { end.set_value(problem.status); }
  void on_exit(std::string /*execution*/, std::int64_t /*id*/) override { end.set_value(0); }

  std::promise<int> end;
};

struct Bench {
  explicit Bench(FcgiServer::Handler handler)
      : listening(test::listen_on(socket)),
        server({listening.get(), 2, 1000}, std::move(handler)),
        api(io, options()) {
    test::quiet_log();
  }
  ~Bench() {
    io.stop();
    thread.join();
    db.stop();
  }
  ApiClient::Options options() const {
    ApiClient::Options made;
    made.address.path = socket;
    return made;
  }

  test::TempDir folder;
  std::string socket = (folder.path() / "api.sock").string();
  UniqueFd listening;
  FcgiServer server;
  test::TempDatabase temp;
  Database database{temp.options(), 4};
  ExecutionStore store{database};
  LiveStore live{database};
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  DbThreads db{2};
  ApiClient api;
  Hub hub{io, db, live};
  HeldRuns held{io, db, live, store, new_uuid7()};
  Admission admission{10, 10};
  Backlog unwritten{1u << 20};
  LiveContext context{io, api, db, live, store, hub, held, admission, unwritten, {1ms, 4ms, 3}};
  std::thread thread{[this] { io.run(); }};
};

}  // namespace

TEST_CASE("a live run whose result is larger than any answer ends for its client") {
  const auto id = new_uuid7();
  std::atomic<int> asked{0};
  Bench bench([&](Request& /*request*/) {
    // It runs when it is found, and is not in the database's queue then.
    const bool first = asked++ == 0;
    return json_response(200, R"({"execution_id":")" + id + R"(","status":")" +
                                  (first ? "RUNNING" : "COMPLETED") + R"(","stdout":")" +
                                  std::string(first ? 0 : 40'000'000, 'x') + R"("})");
  });
  const auto told = std::make_shared<Told>();
  auto end = told->end.get_future();
  const auto strand = boost::asio::make_strand(bench.io);
  const auto run = gateway::LiveRun::make(bench.context, strand, {}, told);
  boost::asio::post(strand, [&] { run->attach(id, 0); });
  CHECK(end.get() == 503);
  CHECK(asked == 1 + 1 + bench.context.retries.most);
}
