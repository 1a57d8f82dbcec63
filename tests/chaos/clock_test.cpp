// Clocks that are set, by libfaketime: of the programs' hosts, and of the database's.
#include <ctime>
#include <filesystem>
#include <thread>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/chaos_run.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

/// The wall clock of some processes. Their monotonic clock goes on, as it does on a real machine.
class SetClock final {
 public:
  SetClock() {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all |
                                                     std::filesystem::perms::others_read |
                                                     std::filesystem::perms::others_exec);
    set("+0");
  }

  /// Seconds from the true time: "+3600", "-3600".
  void set(const std::string& offset) const { folder_.write("offset", offset + "\n"); }

  std::map<std::string, std::string> environment() const {
    return {{"LD_PRELOAD", library()},
            {"FAKETIME_TIMESTAMP_FILE", (folder_.path() / "offset").string()},
            {"FAKETIME_NO_CACHE", "1"},
            {"DONT_FAKE_MONOTONIC", "1"}};
  }

 private:
  static std::string library() {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             "/usr/lib", std::filesystem::directory_options::skip_permission_denied))
      if (entry.path().filename() == "libfaketimeMT.so.1") return entry.path().string();
    throw std::runtime_error("there is no libfaketimeMT.so.1: apt-get install faketime");
  }

  TempDir folder_;
};

}  // namespace

TEST_CASE("the clocks of workers and API are set an hour forth and back") {
  const SetClock workers;
  const SetClock apis;
  RunOptions options;
  options.site.worker_environment = workers.environment();
  options.site.api_environment = apis.environment();
  ChaosRun run("clocks of workers and API set by an hour, four times", options);
  // In the first hour of a month theirs is in another one.
  run.site.cluster().sql("select ensure_partitions(clock_timestamp() - interval '2 hours', 3)");
  workers.set("+3600");
  apis.set("-3600");
  // The clock of the programs is truly another one: a submission's id tells when it was made.
  const auto made_earlier = [&] {
    return run.site.cluster().sql(
               "select count(*) from executions where id < uuid7_floor(clock_timestamp() - "
               "interval '50 minutes')") != "0";
  };
  CHECK(await(made_earlier, 20s, 50ms));
  CHECK(run.await_results(10));
  workers.set("-3600");
  apis.set("+3600");
  CHECK(run.await_results(10));
  run.recovered();
  run.check();
}

TEST_CASE("the database's clock is set an hour forth and back") {
  const SetClock clock;
  RunOptions options;
  options.site.cluster.environment = clock.environment();
  ChaosRun run("clock of PostgreSQL set by an hour forth and back", options);
  clock.set("+3600");  // all leases are over at once
  // It is truly another clock than ours.
  const auto ahead = [&] {
    return std::stoll(run.site.cluster().sql(
               "select extract(epoch from clock_timestamp())::bigint")) > std::time(nullptr) + 3000;
  };
  CHECK(await(ahead, 20s, 50ms));
  CHECK(run.await_results(20));
  CHECK(run.await_present());
  clock.set("+0");  // none is for an hour
  CHECK(run.await_results(20));
  CHECK(run.await_present());
  // What a worker or a gateway held that died before the clock was set back is not held for an
  // hour.
  clock.set("+3600");
  CHECK(run.await_results(10));
  CHECK(run.await_present());
  CHECK(await([&] { return run.live->attended() > 0; }, 30s));
  for (auto* program : {&run.site.gateway(), &run.site.worker(0)}) {
    program->signal(9);
    program->wait(10s);
  }
  clock.set("+0");
  run.site.revive();
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}
