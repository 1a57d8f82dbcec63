// A network between the workers and their database that loses everything for a while.
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/chaos_run.hpp"
#include "tests/support/network_namespace.hpp"

using namespace runyard::test;
using namespace std::chrono_literals;

TEST_CASE("the connection of all workers to the database is cut for 30 seconds") {
  NetworkNamespace network;
  RunOptions options;
  options.site.cluster.tcp_address = network.host_address();
  options.site.workers_by_tcp = true;
  options.site.worker_prefix = network.prefix();
  options.site.webhook_address = network.host_address();
  ChaosRun run("workers' connection to PostgreSQL cut for 30 s", options);
  network.cut();
  std::this_thread::sleep_for(30s);  // how long it is cut is the fault; leases are over after 20
  // Nobody waits for answers that never come: by now all have seen that the connection is lost.
  for (int i = 0; i < run.site.workers(); ++i)
    CHECK_THAT(run.site.worker_log(i), contains("database is away"));
  network.mend();
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}
