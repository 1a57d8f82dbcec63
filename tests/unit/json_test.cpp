#include "core/json.hpp"

#include <cmath>
#include <limits>

#include "core/text.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

/// Why a text is refused; "" when it is not.
std::string refusal(std::string_view text) {
  try {
    json::parse(text);
  } catch (const json::ParseError& e) {
    return e.what();
  }
  return "";
}

std::string field_of(std::string_view text) {
  try {
    json::parse(text);
  } catch (const json::ParseError& e) {
    return e.field();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("every kind of value is read") {
  const auto value =
      json::parse(R"( {"n":null,"t":true,"i":-7,"d":1.5,"s":"a\u00e9\n","a":[1,[]],"o":{}} )");
  CHECK(value.find("n")->is_null());
  CHECK(*value.find("t")->boolean());
  CHECK(*value.find("i")->integer() == -7);
  CHECK(*value.find("d")->real() == 1.5);
  CHECK(*value.find("s")->string() == "a\xc3\xa9\n");
  CHECK(value.find("a")->array()->size() == 2);
  CHECK(value.find("o")->object()->empty());
  CHECK(value.find("absent") == nullptr);
  CHECK(value.find("s")->find("x") == nullptr);
}

TEST_CASE("integers are those that fit in 64 bits, other numbers are reals") {
  CHECK(*json::parse("9223372036854775807").integer() == std::numeric_limits<std::int64_t>::max());
  CHECK(*json::parse("-9223372036854775808").integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(*json::parse("-0").integer() == 0);
  CHECK(*json::parse("9223372036854775808").real() == 9223372036854775808.0);
  CHECK(*json::parse("1e3").real() == 1000);
  CHECK(*json::parse("1.0").real() == 1);
  CHECK_THAT(refusal("1e309"), test::contains("too big"));
  CHECK(*json::parse("1e-999").real() == 0);
}

TEST_CASE("a number of a million digits is read or refused, and costs nothing") {
  CHECK_THAT(refusal(std::string(1'000'000, '7')), test::contains("too big"));
  CHECK(*json::parse("0." + std::string(1'000'000, '1')).real() == Approx(0.1111111));
  CHECK_THAT(refusal("1e" + std::string(1'000'000, '9')), test::contains("too big"));
}

TEST_CASE("nesting ends at a depth of 32") {
  CHECK(refusal(nested(32)).empty());
  CHECK_THAT(refusal(nested(33)), test::contains("nested deeper than 32"));
  CHECK_THAT(refusal(std::string(1'000'000, '[')), test::contains("nested deeper"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK_THAT(refusal(objects), test::contains("nested deeper"));
}

TEST_CASE("a member that stands twice is refused, however it is written") {
  CHECK_THAT(refusal(R"({"a":1,"b":2,"a":3})"), test::contains("\"a\" stands twice"));
  CHECK_THAT(refusal("{\"a\":1,\"\\u0061\":3}"), test::contains("stands twice"));
  // A long one is cut, and the message stays text.
  const auto name = '"' + std::string(99, 'x') + "\u00e9\"";
  CHECK(is_utf8(refusal("{" + name + ":1," + name + ":2}")));
  CHECK(refusal(R"([{"a":1},{"a":2}])").empty());
  CHECK(refusal(R"({"a":{"a":1}})").empty());
}

TEST_CASE("what is not UTF-8 is refused, and so is half of a surrogate pair") {
  for (const char* wrong :
       {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
        "{\"\xff\":1}", R"("\ud800")", R"("\udc00")", R"("\ud800x")"})
    CHECK_FALSE(refusal(wrong).empty());
  CHECK(*json::parse(R"("\ud83d\ude80")").string() == "\xf0\x9f\x9a\x80");
}

TEST_CASE("a text may hold NUL, as an escape only") {
  CHECK(*json::parse(R"("a\u0000b")").string() == std::string("a\0b", 3));
  CHECK_FALSE(refusal(std::string_view("\"a\0b\"", 5)).empty());
}

TEST_CASE("what is not JSON is refused with the place") {
  for (const char* wrong : {"",    " ",   "{",    "}",   "[1,]",   "{\"a\":1,}", "{a:1}",
                            "'a'", "01",  "+1",   ".5",  "1.",     "NaN",        "Infinity",
                            "nul", "1 2", "{} x", "\"a", "\"\n\"", "// c\n1",    "\"\\x41\""})
    CHECK_THAT(refusal(wrong), test::contains("at byte"));
}

TEST_CASE("an error names the member whose value it is") {
  CHECK(field_of(R"({"limits":{"wall_ms":tru}})") == "limits.wall_ms");
  CHECK(field_of("{\"args\":[\"a\",\"\xff\"]}") == "args[1]");
  CHECK(field_of("[") == "[0]");
  CHECK(field_of("x").empty());
}

TEST_CASE("what is written is read back the same") {
  json::Writer writer;
  const std::string text = "quote\" back\\ \n\t \x01 \xc3\xa9 " + std::string("nul\0!", 5);
  writer.begin_object().member("s", std::string_view(text)).member("i", std::int64_t{-5});
  writer.member("b", true).member("d", 0.1).key("n").null().key("inf").real(INFINITY);
  writer.key("a").begin_array().string({}).raw("{\"x\":1}").end_array().end_object();
  const auto value = json::parse(writer.text());
  CHECK(*value.find("s")->string() == text);
  CHECK(*value.find("i")->integer() == -5);
  CHECK(*value.find("d")->real() == 0.1);
  CHECK(value.find("inf")->is_null());
  CHECK(value.find("a")->array()->at(0).string()->empty());
  CHECK(*value.find("a")->array()->at(1).find("x")->integer() == 1);
  json::Writer again;
  again.value(value);
  CHECK(again.text() == writer.text());
}

TEST_CASE("the size of a text is known before it is written, and what is written is JSON") {
  for (const std::string& text :
       {std::string(), std::string("plain"), std::string("\"\\/\b\f\n\r\t\v\x01\x7f"),
        std::string("\0x", 2), std::string("\xc3\xa4"), std::string("cut \xc3"),
        std::string("12345678\xff")}) {
    json::Writer writer;
    writer.string(text);
    CHECK(json::written_size(text) == writer.text().size());
    CHECK(json::parse(writer.text()).string() != nullptr);
  }
}
