#include "core/terminal_text.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE("texts of others do nothing to a terminal") {
  CHECK(printable("plain \xc3\xa4") == "plain \xc3\xa4");
  CHECK(printable("a\x1b[31m\n\r\t\x07\x7f") == "a\\x1b[31m\\n\\r\\t\\x07\\x7f");
  CHECK(printable(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\x9b31m");  // the one-character CSI
  CHECK(printable("a\xe2\x80\xae"
                  "b") == "a\\u202eb");  // right-to-left override
  CHECK(printable("\xff") == "\xef\xbf\xbd");
  CHECK(printable_lines("a\n\tb\x1b\r") == "a\n\tb\\x1b\\r");
}

TEST_CASE("columns stand below each other, numbers to the right") {
  CHECK(aligned({{"A", "LONG"}, {"\xc3\xa4\xc3\xa4", "x"}, {"c", ""}}) ==
        "A   LONG\n\xc3\xa4\xc3\xa4  x\nc\n");
  CHECK(aligned({{"A", "N"}, {"b", "10"}}, {false, true}) == "A   N\nb  10\n");
}
