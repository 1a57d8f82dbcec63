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

TEST_CASE("no value does something to a terminal on which the log is read") {
  CHECK(log::format("e", {{"v",
                           "a\xc2\x9b"
                           "2Jb"}}) == "event=e v=\"a\\x9b2Jb\"");
  CHECK(log::format("e", {{"v", "\xe2\x80\xae"}}) == "event=e v=\"\\u202e\"");
  CHECK(log::format("e", {{"v", "\xff"}}) == "event=e v=\"\xef\xbf\xbd\"");
  CHECK(log::format("e", {{"v", "\xc3\xa4"}}) == "event=e v=\"\xc3\xa4\"");
  // A cut goes through no character.
  const auto line = log::format("e", {{"v", std::string(1999, 'x') + "\xc3\xa4"}});
  CHECK(line == "event=e v=\"" + std::string(1999, 'x') + "...\"");
}

TEST_CASE("a long value is cut") {
  const auto line = log::format("e", {{"v", std::string(100'000, 'x')}});
  CHECK(line.size() < 2100);
  CHECK_THAT(line, test::contains("..."));
}
