// What an operator sees of a database that stops answering.
#include "tests/support/api_process.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a database that hangs makes /ready fail, and /metrics still tells of the process") {
  const TempDir folder;
  OwnCluster cluster((folder.path() / "cluster").string());
  cluster.sql(
      "insert into workers (id, host, slots, running, warm, images, seen_at) values "
      "(gen_random_uuid(), 'host', 1, 0, 0, '{python}', clock_timestamp() + interval '1 hour')");
  const ApiProcess api({"--db=" + cluster.options(), "--log_level=error"});
  const auto ready = [&] { return api.ask("GET", "/ready"); };
  const auto metrics = [&] {
    return api.ask("GET", "/metrics", "", {{"REMOTE_ADDR", "127.0.0.1"}});
  };
  REQUIRE(await([&] { return ready().status == 200; }, 20s, 50ms));
  CHECK(has(metrics().body, "runyard_database_up 1\n"));
  CHECK(has(metrics().body, "runyard_fleet_workers{state=\"live\"} 1\n"));
  CHECK(api.ask("GET", "/metrics").status == 403);

  cluster.freeze();
  CHECK(await([&] { return ready().status == 503; }, 30s, 100ms));
  const auto answer = metrics();
  CHECK(answer.status == 200);
  CHECK(has(answer.body, "runyard_database_up 0\n"));
  CHECK(has(answer.body, "runyard_api_requests_total{"));
  CHECK_FALSE(has(answer.body, "runyard_fleet_workers"));

  cluster.thaw();
  CHECK(await([&] { return ready().status == 200; }, 60s, 100ms));
  CHECK(has(metrics().body, "runyard_database_up 1\n"));
}
