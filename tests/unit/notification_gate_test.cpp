#include "core/notification_gate.hpp"

#include "core/ids.hpp"
#include "core/listener.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

struct Bench {
  NotificationGate gate;
  NotificationGate::Clock::time_point now{1h};

  bool passes(const std::string& channel, const std::string& payload) {
    return gate.passes(channel, payload, now);
  }
  /// How many pass within a time when one comes every 100 us.
  int passed_within(std::chrono::microseconds time, const std::string& channel,
                    const std::string& payload) {
    int passed = 0;
    for (auto at = 0us; at < time; at += 100us, now += 100us) {
      passed += passes(channel, payload) ? 1 : 0;
      passed += static_cast<int>(gate.due(now).size());
    }
    return passed;
  }
};

}  // namespace

TEST_CASE("a rare notification passes at once, and nothing is held back") {
  Bench bench;
  for (int i = 0; i < 1000; ++i) {
    CHECK(bench.passes(kWorkChannel, ""));
    CHECK(bench.passes(kDoneChannel, new_uuid7()));
    bench.now += 5ms;
  }
  CHECK_FALSE(bench.gate.next());
  CHECK(bench.gate.due(bench.now).empty());
}

TEST_CASE("a notification that has not the form of its channel never passes") {
  Bench bench;
  const auto id = new_uuid7();
  for (const auto& payload : {std::string("x"), id, std::string(7999, 'a')})
    CHECK_FALSE(bench.passes(kWorkChannel, payload));
  for (const auto& payload : {std::string(), id + " ", id.substr(1), std::string(7999, '0'),
                              std::string("\xff\xfe"), "{" + id + "}"})
    for (const char* channel :
         {kDoneChannel, kCancelChannel, kLiveChannel, kOutputChannel, kWorkerChannel})
      CHECK_FALSE(bench.passes(channel, payload));
  CHECK_FALSE(bench.gate.next());
}

TEST_CASE("a flood of one notification passes a bounded number of times, the last one too") {
  Bench bench;
  const auto id = new_uuid7();
  struct Flood {
    const char* channel;
    std::string payload;
    int most;  ///< in two seconds: so many at once, and then 500, 100 and 10 a second
  };
  for (const auto& flood : {Flood{kWorkChannel, "", 200 + 1000}, Flood{kLiveChannel, id, 50 + 200},
                            Flood{kCancelChannel, id, 10 + 20}}) {
    INFO(flood.channel);
    CHECK(bench.passed_within(2s, flood.channel, flood.payload) <= flood.most + 1);
    for (int twice = 0; twice < 2; ++twice) bench.passes(flood.channel, flood.payload);
    // What was held back passes as soon as it may, once.
    REQUIRE(bench.gate.next());
    CHECK(*bench.gate.next() <= bench.now + 100ms);
    bench.now += 100ms;
    CHECK(bench.gate.due(bench.now).size() == 1);
    CHECK(bench.gate.due(bench.now).empty());
    CHECK_FALSE(bench.gate.next());
  }
}

TEST_CASE("a flood of one notification holds up no other") {
  Bench bench;
  const auto id = new_uuid7();
  bench.passed_within(1s, kCancelChannel, id);
  CHECK(bench.passes(kCancelChannel, new_uuid7()));
  CHECK(bench.passes(kDoneChannel, id));
  CHECK(bench.passes(kWorkChannel, ""));
}

TEST_CASE("of more different notifications than it keeps it says that some were lost") {
  Bench bench;
  const auto flood = [&] {
    std::size_t passed = 0;
    for (std::size_t i = 0; i < 3 * NotificationGate::kMost; ++i)
      passed += bench.passes(kDoneChannel, new_uuid7()) ? 1 : 0;
    return passed;
  };
  CHECK(flood() == NotificationGate::kMost);
  CHECK(bench.gate.next());
  CHECK(bench.gate.lost(bench.now));
  CHECK_FALSE(bench.gate.lost(bench.now));
  flood();
  // Whoever waits looks no more than once a second.
  CHECK_FALSE(bench.gate.lost(bench.now + 999ms));
  CHECK(bench.gate.lost(bench.now + 1s));
  // Room comes with time.
  bench.now += 1s;
  CHECK(flood() == NotificationGate::kMost);
}
