#include "fcgi-app/timestamp.hpp"
#include "tests/support/catch.hpp"

using runyard::normalize_timestamp;

TEST_CASE("times of RFC 3339 are brought to UTC with milliseconds") {
  CHECK(normalize_timestamp("2026-01-31T12:00:00Z") == "2026-01-31T12:00:00.000Z");
  CHECK(normalize_timestamp("2026-01-31t12:00:00.5z") == "2026-01-31T12:00:00.500Z");
  CHECK(normalize_timestamp("2026-01-31T12:00:00.1239Z") == "2026-01-31T12:00:00.123Z");
  CHECK(normalize_timestamp("2026-03-01T00:30:00+01:00") == "2026-02-28T23:30:00.000Z");
  CHECK(normalize_timestamp("2024-02-29T23:59:59-00:01") == "2024-03-01T00:00:59.000Z");
  CHECK(normalize_timestamp("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00.000Z");
  CHECK(normalize_timestamp("1970-01-01T00:00:00Z") == "1970-01-01T00:00:00.000Z");
  CHECK(normalize_timestamp("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("what is no time of RFC 3339 is refused") {
  for (const char* text : {"",
                           "2026",
                           "2026-01-31",
                           "2026-01-31T12:00:00",
                           "2026-01-31 12:00:00Z",
                           "2026-02-30T00:00:00Z",
                           "2025-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T12:60:00Z",
                           "2026-01-31T12:00:61Z",
                           "2026-01-31T12:00:00.Z",
                           "2026-01-31T12:00:00+1:00",
                           "2026-01-31T12:00:00+24:00",
                           "2026-01-31T12:00:00Z ",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "-026-01-31T12:00:00Z",
                           "now",
                           "2026-01-31T12:00:00Z'; drop table queue; --"}) {
    INFO(text);
    CHECK_FALSE(normalize_timestamp(text));
  }
}
