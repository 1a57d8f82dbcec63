#include "core/claim_bounds.hpp"

#include "tests/support/catch.hpp"

using runyard::ClaimBounds;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNow = 1'700'000'000 * kSecond;

/// One that has swept at kNow and claimed all that it wanted up to `highest`.
ClaimBounds swept(std::int64_t highest, std::int64_t took = 0) {
  ClaimBounds bounds;
  bounds.claimed(kNow, 4, true, highest, took);
  return bounds;
}

}  // namespace

TEST_CASE("the first claim looks at everything") {
  const ClaimBounds bounds;
  CHECK(bounds.sweeps());
  CHECK(bounds.range().low == 0);
  CHECK(bounds.range().newcomers_end == 0);
  CHECK(bounds.range().head == 0);
}

TEST_CASE("with the head near, a claim looks at all that can have been inserted since") {
  const auto range = swept(kNow + 10 * kSecond).range();
  CHECK(range.low == kNow - kSecond);
  CHECK(range.newcomers_end == range.low);
  CHECK(range.head == range.low);
}

TEST_CASE("with the head far, a claim skips what is finished between new rows and the head") {
  auto bounds = swept(kNow + 60 * kSecond);
  const auto range = bounds.range();
  CHECK(range.low == kNow - kSecond);
  CHECK(range.newcomers_end > kNow + 10 * kSecond);
  CHECK(range.newcomers_end < range.head);
  CHECK(range.head == kNow + 59 * kSecond);

  bounds.claimed(kNow + 1000, 4, true, kNow + 61 * kSecond, 0);
  CHECK(bounds.range().head == kNow + 60 * kSecond);
  // Newcomers were enough: the head is where it was.
  bounds.claimed(kNow + 2000, 4, true, kNow + 10 * kSecond, 0);
  CHECK(bounds.range().head == kNow + 60 * kSecond);
}

TEST_CASE("a claim that gets less than it wanted makes the next one look everywhere above low") {
  auto bounds = swept(kNow + 60 * kSecond);
  bounds.claimed(kNow + 1000, 2, false, kNow + 61 * kSecond, 0);
  CHECK(bounds.range().head == bounds.range().low);
}

TEST_CASE("once a second a claim sweeps, less often when that takes long and there is a backlog") {
  auto bounds = swept(kNow + 60 * kSecond);
  bounds.seen(kNow + kSecond - 1);
  CHECK_FALSE(bounds.sweeps());
  bounds.seen(kNow + kSecond);
  CHECK(bounds.sweeps());

  auto slow = swept(kNow + 60 * kSecond, kSecond / 10);
  slow.seen(kNow + kSecond);
  CHECK_FALSE(slow.sweeps());
  slow.seen(kNow + 2 * kSecond);
  CHECK(slow.sweeps());

  auto slowest = swept(kNow + 60 * kSecond, 100 * kSecond);
  slowest.seen(kNow + 5 * kSecond);
  CHECK(slowest.sweeps());

  ClaimBounds idle;
  idle.claimed(kNow, 0, false, 0, 100 * kSecond);
  idle.seen(kNow + kSecond);
  CHECK(idle.sweeps());
}

TEST_CASE("a clock that was set back makes the next claim sweep") {
  auto bounds = swept(kNow + 10 * kSecond);
  bounds.seen(kNow - 60 * kSecond);
  CHECK(bounds.sweeps());
}
