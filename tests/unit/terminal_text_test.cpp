#include "core/terminal_text.hpp"

#include "core/json.hpp"
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

TEST_CASE("what others wrote does nothing to a terminal, whatever its kind") {
  CHECK(printable("\x1b]52;c;ZXZpbA==\x07") == "\\x1b]52;c;ZXZpbA==\\x07");  // the clipboard
  CHECK(printable("\x1b]0;title\x1b\\") == "\\x1b]0;title\\x1b\\");
  CHECK(printable("\x1bP+q544e\x1b\\") == "\\x1bP+q544e\\x1b\\");  // DCS, which answers
  CHECK(printable("a\b \f\v") == "a\\x08 \\x0c\\x0b");
  for (const char* mark : {"\xe2\x80\xaa", "\xe2\x80\xac", "\xe2\x81\xa6", "\xe2\x81\xa9",
                           "\xe2\x81\xaa", "\xe2\x81\xaf", "\xe2\x80\xa8", "\xe2\x80\xa9"})
    CHECK(printable(mark).substr(0, 2) == "\\u");
  // Joiners and marks belong to words and pictures of living languages.
  CHECK(printable("\xe2\x80\x8d\xe2\x80\x8f") == "\xe2\x80\x8d\xe2\x80\x8f");
}

TEST_CASE("JSON on a terminal means the same and does nothing to it") {
  const std::string text = "{\r\n\t\"a\": \"\x7f\xc2\x9b\xe2\x80\xae\xc3\xa4\\u001b\"}\n";
  const auto shown = printable_json(text);
  CHECK(shown == "{ \n\t\"a\": \"\\u007f\\u009b\\u202e\xc3\xa4\\u001b\"}\n");
  CHECK(*json::parse(shown).find("a")->string() == *json::parse(text).find("a")->string());
  // Where it could be no JSON with the others raw, it is none.
  CHECK_THROWS_AS(json::parse("\"\x1b\""), json::ParseError);
}

TEST_CASE("an output is shown the same whatever pieces it comes in") {
  const std::string output =
      "a\tb\r\n10%\r20%\r\n\xc3\xa4\xe2\x80\xae\xf0\x9f\x98\x80\xc2\x9b"
      "1m\x1b[2J\xff\xe2\x82.\r\r\n\xf0\x9f";
  const std::string shown =
      "a\tb\n10%\\r20%\n\xc3\xa4\\u202e\xf0\x9f\x98\x80\\x9b1m\\x1b[2J"
      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.\\r\n\xef\xbf\xbd\xef\xbf\xbd";
  for (std::size_t size = 1; size <= output.size(); ++size) {
    PrintableStream stream;
    std::string all;
    for (std::size_t at = 0; at < output.size(); at += size)
      all += stream.add(std::string_view(output).substr(at, size));
    all += stream.finish();
    CHECK(all == shown);
    CHECK(stream.changed());
  }
}

TEST_CASE("an output without control characters is shown as it is, at once") {
  PrintableStream stream;
  CHECK(stream.add("plain \xc3\xa4\n\tx\r\n") == "plain \xc3\xa4\n\tx\n");
  CHECK(stream.add("end\r").empty() == false);
  CHECK_FALSE(stream.changed());
  CHECK(stream.finish() == "\\r");
  CHECK(stream.finish().empty());
}

TEST_CASE("columns stand below each other, numbers to the right") {
  CHECK(aligned({{"A", "LONG"}, {"\xc3\xa4\xc3\xa4", "x"}, {"c", ""}}) ==
        "A   LONG\n\xc3\xa4\xc3\xa4  x\nc\n");
  CHECK(aligned({{"A", "N"}, {"b", "10"}}, {false, true}) == "A   N\nb  10\n");
}
