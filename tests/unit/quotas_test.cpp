#include "fcgi-app/quotas.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE("while nobody has a quota of its own the database is asked once") {
  int asked = 0;
  Quotas quotas(
      {5, 0, 0, 0}, [&] { return ++asked > 100; },
      [](const std::string&) -> std::optional<QuotaOverrides> {
        FAIL("nobody has any");
        return std::nullopt;
      });
  for (int i = 0; i < 50; ++i) CHECK(quotas.of("addr:" + std::to_string(i)).queued == 5);
  CHECK(asked == 1);
}

TEST_CASE("an owner's own quota replaces the setting where it says something") {
  int asked = 0;
  Quotas quotas(
      {5, 6, 7, 8}, [] { return true; },
      [&](const std::string& owner) -> std::optional<QuotaOverrides> {
        ++asked;
        if (owner != "user:anna") return std::nullopt;
        return QuotaOverrides{50, std::nullopt, 0, std::nullopt};
      });
  for (int i = 0; i < 3; ++i) {
    const auto annas = quotas.of("user:anna");
    CHECK(annas.queued == 50);
    CHECK(annas.running == 6);
    CHECK(annas.per_minute == 0);
    CHECK(annas.cpu_s_per_day == 8);
    CHECK(quotas.of("user:bert").per_minute == 7);
  }
  CHECK(asked == 2);
}
