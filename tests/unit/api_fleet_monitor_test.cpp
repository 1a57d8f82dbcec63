#include <atomic>
#include <stdexcept>

#include "core/schema.hpp"
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

constexpr auto kPatience = 5s;

std::string why(const FleetView& view) { return view.why_not_ready(view.seen, kPatience); }

}  // namespace

TEST_CASE("a language is available when some live worker has its image") {
  const auto catalog = test::small_catalog();
  const auto view = next_view({}, fleet_of(1, {"python"}), 10);
  CHECK(view.can_run(*catalog.find("python")));
  CHECK_FALSE(view.can_run(*catalog.find("cpp")));
  CHECK(why(view).empty());
}

TEST_CASE("before any worker was seen nothing is refused, yet nothing is ready") {
  const auto catalog = test::small_catalog();
  const auto view = next_view({}, fleet_of(0, {}), 10);
  CHECK(view.can_run(*catalog.find("cpp")));
  CHECK(why(view) == "no worker is running");
}

TEST_CASE("while the worker restarts its images still count") {
  const auto catalog = test::small_catalog();
  const auto before = next_view({}, fleet_of(1, {"python"}), 10);
  const auto restarting = next_view(before, fleet_of(0, {}), 10);
  CHECK(restarting.can_run(*catalog.find("python")));
  CHECK_FALSE(restarting.can_run(*catalog.find("cpp")));
  CHECK(why(restarting) == "no worker is running");
}

TEST_CASE("a live worker without any image is not ready") {
  const auto view = next_view({}, fleet_of(1, {}), 10);
  CHECK(why(view) == "no worker has the image of any language");
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
  while (!monitor.why_not_ready().empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(monitor.why_not_ready().empty());
  away = true;
  while (monitor.view()->database_up && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK_FALSE(monitor.view()->database_up);
  CHECK(monitor.view()->images.count("python") == 1);
  CHECK(looks > 2);
}

TEST_CASE("a database that has not answered for long makes nothing ready") {
  const auto view = next_view({}, fleet_of(1, {"python"}), 10);
  CHECK(view.why_not_ready(view.seen + kPatience, kPatience).empty());
  CHECK(view.why_not_ready(view.seen + kPatience + 1ms, kPatience) ==
        "the database does not answer");
}

TEST_CASE("a read-only database, and workers that all drain, make nothing ready") {
  auto fleet = fleet_of(2, {"python"});
  fleet.draining_workers = 1;
  CHECK(why(next_view({}, fleet, 10)).empty());
  fleet.draining_workers = 2;
  CHECK(why(next_view({}, fleet, 10)) == "all workers are being drained");
  fleet.read_only = true;
  CHECK(why(next_view({}, fleet, 10)) == "the database is read-only");
}

TEST_CASE(
    "the same program at the head of the queue beside idle workers tells that nobody serves") {
  auto fleet = fleet_of(1, {"python"});
  fleet.room = true;
  fleet.next = "first";
  const auto begun = FleetView::Clock::now();
  const auto seen = next_view({}, fleet, 10, begun);
  CHECK(why(seen).empty());
  const auto later = next_view(seen, fleet, 10, begun + kNotServed);
  CHECK(why(later) == "programs wait although workers are idle");

  SECTION("another one at the head is progress") {
    fleet.next = "second";
    CHECK(why(next_view(seen, fleet, 10, begun + kNotServed)).empty());
  }
  SECTION("a moment without a free slot begins the time anew") {
    fleet.room = false;
    const auto busy = next_view(seen, fleet, 10, begun + 1s);
    fleet.room = true;
    const auto again = next_view(busy, fleet, 10, begun + 2s);
    CHECK(why(next_view(again, fleet, 10, begun + kNotServed)).empty());
    CHECK_FALSE(why(next_view(again, fleet, 10, begun + 2s + kNotServed)).empty());
  }
  SECTION("an empty queue is served") {
    fleet.next = "";
    CHECK(why(next_view(later, fleet, 10, begun + kNotServed)).empty());
  }
}

TEST_CASE("the monitor tells of another schema, and forgets it when it fits") {
  std::atomic<bool> fits{false};
  const FleetMonitor monitor(
      [&](std::int64_t) {
        if (!fits) throw SchemaMismatch("db: of another program", 7);
        return fleet_of(1, {"python"});
      },
      10, 1ms);
  CHECK(monitor.why_not_ready() ==
        "the database has schema version 7, this program needs " + std::to_string(kSchemaVersion));
  fits = true;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!monitor.why_not_ready().empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(monitor.why_not_ready().empty());
}
