#include "core/text.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {
const std::string kReplacement = "\xef\xbf\xbd";
}

TEST_CASE("well-formed UTF-8 is told from the rest") {
  for (const char* good :
       {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_utf8(good));
    CHECK(to_utf8(good) == good);
  }
  for (const char* wrong :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe2\x82",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xff", "a\xfe"})
    CHECK_FALSE(is_utf8(wrong));
  CHECK(is_utf8(std::string_view("\0", 1)));
}

TEST_CASE("each byte that is no UTF-8 becomes one replacement character") {
  CHECK(to_utf8("a\xff"
                "b") == "a" + kReplacement + "b");
  CHECK(to_utf8("\xe2\x82") == kReplacement + kReplacement);
  CHECK(to_utf8("\xed\xa0\x80") == kReplacement + kReplacement + kReplacement);
  CHECK(to_utf8("\xc3\xa9\x80\xc3\xa9") == "\xc3\xa9" + kReplacement + "\xc3\xa9");
}

TEST_CASE("base64 is that of RFC 4648, and nothing else is read") {
  const std::pair<const char*, const char*> known[] = {
      {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
      {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}};
  for (const auto& [bytes, text] : known) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == std::string(bytes));
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  CHECK(base64_decode(base64_encode(all)) == all);
  for (const char* wrong : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==\n",
                            " Zg==", "Z-==", "====", "=Zg=", "Zm9v=ABC"})
    CHECK_FALSE(base64_decode(wrong));
}

TEST_CASE("a bytea goes to its hex form and back") {
  const std::string bytes("\0a\xff", 3);
  CHECK(bytea_encode(bytes) == "\\x0061ff");
  CHECK(bytea_decode("\\x0061ff") == bytes);
  CHECK(bytea_decode("\\x").empty());
  for (const char* wrong : {"", "x00", "\\x0", "\\x0g", "\\000"})
    CHECK_THROWS_AS(bytea_decode(wrong), std::invalid_argument);
}

TEST_CASE("SHA-256 as the standard's examples have it") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("white space goes from both ends only") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim(" \n").empty());
  CHECK(trim("").empty());
}

TEST_CASE("the begin of a character at the end is measured, and bytes that are no text are not") {
  CHECK(unfinished_character("") == 0);
  CHECK(unfinished_character("abc") == 0);
  CHECK(unfinished_character("\xc3\xa4") == 0);
  CHECK(unfinished_character("\xc3") == 1);
  CHECK(unfinished_character("\xe2\x82") == 2);
  CHECK(unfinished_character("\xf0\x9f\x98") == 3);
  CHECK(unfinished_character("\xf0\x9f\x98\x80") == 0);
  for (const char* text : {"\x80", "\xbf\xbf\xbf\xbf", "\xc0", "\xc1", "\xf5", "\xff", "\xc3z"})
    CHECK(unfinished_character(text) == 0);
}

TEST_CASE("what a program says becomes text that every store takes") {
  CHECK(storable_text("plain") == "plain");
  CHECK(storable_text(std::string("a\0b", 3)) ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(storable_text("a\xff") == "a\xef\xbf\xbd");
  CHECK(storable_text("ab\xc3\xa4", 3) == "ab");
  CHECK(storable_text(std::string(100, '\xff'), 10) == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(storable_text(std::string(100'000, 'x')).size() == kMaxStoredText);
  CHECK(first_characters("ab\xc3\xa4", 3) == "ab");
  CHECK(first_characters("ab", 3) == "ab");
}
