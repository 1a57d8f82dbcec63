#include <atomic>
#include <stdexcept>

#include "fcgi-app/fleet_monitor.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

Fleet fleet_of(int workers, std::set<std::string> images, std::int64_t queued = 0) {
  Fleet fleet;
  fleet.live_workers = workers;
  fleet.images = std::move(images);
  fleet.queued = queued;
  return fleet;
}

}  // namespace

TEST_CASE("a language is available when some live worker has its image") {
  const auto catalog = test::small_catalog();
  const auto view = next_view({}, fleet_of(1, {"python"}), 10);
  CHECK(view.can_run(*catalog.find("python")));
  CHECK_FALSE(view.can_run(*catalog.find("cpp")));
  CHECK(view.ready());
}

TEST_CASE("before any worker was seen nothing is refused, yet nothing is ready") {
  const auto catalog = test::small_catalog();
  const auto view = next_view({}, fleet_of(0, {}), 10);
  CHECK(view.can_run(*catalog.find("cpp")));
  CHECK_FALSE(view.ready());
}

TEST_CASE("while the worker restarts its images still count") {
  const auto catalog = test::small_catalog();
  const auto before = next_view({}, fleet_of(1, {"python"}), 10);
  const auto restarting = next_view(before, fleet_of(0, {}), 10);
  CHECK(restarting.can_run(*catalog.find("python")));
  CHECK_FALSE(restarting.can_run(*catalog.find("cpp")));
  CHECK_FALSE(restarting.ready());
}

TEST_CASE("a live worker without any image is not ready") {
  const auto view = next_view({}, fleet_of(1, {}), 10);
  CHECK_FALSE(view.ready());
  CHECK_FALSE(view.can_run(*test::small_catalog().find("python")));
}

TEST_CASE("the queue is full at the bound") {
  CHECK_FALSE(next_view({}, fleet_of(1, {}, 9), 10).queue_full);
  CHECK(next_view({}, fleet_of(1, {}, 10), 10).queue_full);
}

TEST_CASE("the monitor sees a database go and come back") {
  std::atomic<bool> away{true};
  std::atomic<int> looks{0};
  const FleetMonitor monitor(
      [&](std::int64_t) {
        ++looks;
        if (away) throw DatabaseUnavailable("away");
        return fleet_of(1, {"python"});
      },
      10, 1ms);
  CHECK_FALSE(monitor.view()->database_up);
  away = false;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!monitor.view()->ready() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(monitor.view()->ready());
  away = true;
  while (monitor.view()->database_up && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK_FALSE(monitor.view()->database_up);
  CHECK(monitor.view()->images.count("python") == 1);
  CHECK(looks > 2);
}
