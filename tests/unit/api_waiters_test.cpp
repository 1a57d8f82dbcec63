#include <atomic>
#include <future>

#include "fcgi-app/waiters.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {
Waiters::Clock::time_point in(std::chrono::milliseconds time) {
  return Waiters::Clock::now() + time;
}
}  // namespace

TEST_CASE("a signal between registration and wait is not lost") {
  Waiters waiters(2);
  Waiters::Place place(waiters, "a", "place");
  REQUIRE(place);
  waiters.notify("a");
  const auto start = Waiters::Clock::now();
  CHECK(place.wait_until(in(60s)));
  CHECK(Waiters::Clock::now() - start < 10s);
}

TEST_CASE("a signal wakes those who wait for that id and nobody else") {
  Waiters waiters(3);
  Waiters::Place a1(waiters, "a", "a1");
  Waiters::Place a2(waiters, "a", "a2");
  Waiters::Place b(waiters, "b", "b");
  auto first = std::async(std::launch::async, [&] { return a1.wait_until(in(60s)); });
  auto second = std::async(std::launch::async, [&] { return a2.wait_until(in(60s)); });
  waiters.notify("a");
  CHECK(first.get());
  CHECK(second.get());
  const auto start = Waiters::Clock::now();
  CHECK(b.wait_until(in(30ms)));  // nothing came: the deadline ends it
  CHECK(Waiters::Clock::now() - start >= 30ms);
}

TEST_CASE("each signal ends one wait") {
  Waiters waiters(1);
  Waiters::Place place(waiters, "a", "place");
  waiters.notify("a");
  CHECK(place.wait_until(in(60s)));
  const auto start = Waiters::Clock::now();
  CHECK(place.wait_until(in(20ms)));
  CHECK(Waiters::Clock::now() - start >= 20ms);
}

TEST_CASE("after a loss of the listener everybody looks again") {
  Waiters waiters(2);
  Waiters::Place a(waiters, "a", "a");
  Waiters::Place b(waiters, "b", "b");
  waiters.notify_all();
  const auto start = Waiters::Clock::now();
  CHECK(a.wait_until(in(60s)));
  CHECK(b.wait_until(in(60s)));
  CHECK(Waiters::Clock::now() - start < 10s);
}

TEST_CASE("places are bounded and come back") {
  Waiters waiters(1);
  {
    Waiters::Place place(waiters, "a", "place");
    CHECK(place);
    Waiters::Place other(waiters, "b", "other");
    CHECK_FALSE(other);
    CHECK_FALSE(other.wait_until(in(60s)));
    CHECK(waiters.waiting() == 1);
  }
  CHECK(waiters.waiting() == 0);
  CHECK(Waiters::Place(waiters, "b", "other"));
}

TEST_CASE("one owner has half of the places, and gets them back") {
  Waiters waiters(4);
  const Waiters::Place first(waiters, "a", "greedy");
  CHECK(first);
  {
    const Waiters::Place second(waiters, "b", "greedy");
    CHECK(second);
    Waiters::Place third(waiters, "c", "greedy");
    CHECK_FALSE(third);
    CHECK_FALSE(third.wait_until(in(60s)));
    CHECK(waiters.waiting() == 2);
    CHECK(Waiters::Place(waiters, "d", "other"));
  }
  CHECK(Waiters::Place(waiters, "c", "greedy"));
}

TEST_CASE("a stop ends every wait, also later ones") {
  Waiters waiters(2);
  Waiters::Place place(waiters, "a", "place");
  auto waiting = std::async(std::launch::async, [&] { return place.wait_until(in(60s)); });
  waiters.stop();
  CHECK_FALSE(waiting.get());
  CHECK_FALSE(Waiters::Place(waiters, "b", "other"));
}

TEST_CASE("many threads come and go while others signal") {
  Waiters waiters(64);
  std::atomic<bool> stop{false};
  auto signals = std::async(std::launch::async, [&] {
    while (!stop) {
      waiters.notify("1");
      waiters.notify_all();
    }
  });
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 8; ++i)
    threads.push_back(std::async(std::launch::async, [&waiters, i] {
      for (int n = 0; n < 500; ++n) {
        Waiters::Place place(waiters, std::to_string(i % 3), "place");
        place.wait_until(in(1ms));
      }
    }));
  for (auto& thread : threads) thread.get();
  stop = true;
  signals.get();
  CHECK(waiters.waiting() == 0);
}
