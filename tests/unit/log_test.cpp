#include "core/log.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE("a line is key=value pairs") {
  CHECK(log::format("started", {{"slots", 2}, {"host", "a.b-c"}, {"ok", true}}) ==
        "event=started slots=2 host=a.b-c ok=1");
}

TEST_CASE("no value can forge a pair or a line") {
  CHECK(log::format("e", {{"v", "x level=error"}}) == "event=e v=\"x level=error\"");
  CHECK(log::format("e", {{"v", ""}}) == "event=e v=\"\"");
  CHECK(log::format("e", {{"v", "a\nevent=f"}}) == "event=e v=\"a\\nevent=f\"");
  CHECK(log::format("e", {{"v", "\" v=\"\\"}}) == "event=e v=\"\\\" v=\\\"\\\\\"");
  CHECK(log::format("e", {{"v", "\x1b[31m\r\t\x7f"}}) == "event=e v=\"\\x1b[31m\\x0d\\x09\\x7f\"");
  CHECK(log::format("e", {{"v", std::string("a\0b", 3)}}) == "event=e v=\"a\\x00b\"");
  CHECK(log::format("two words", {}) == "event=\"two words\"");
  CHECK(log::format("e", {{"v", "{} {0} %s"}}) == "event=e v=\"{} {0} %s\"");
}

TEST_CASE("a long value is cut") {
  const auto line = log::format("e", {{"v", std::string(100'000, 'x')}});
  CHECK(line.size() < 2100);
  CHECK_THAT(line, test::contains("..."));
}
