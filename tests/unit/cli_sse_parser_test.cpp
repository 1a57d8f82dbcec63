#include <stdexcept>
#include <vector>

#include "cli/sse_parser.hpp"
#include "tests/support/catch.hpp"

using runyard::cli::SseEvent;
using runyard::cli::SseParser;

namespace {

struct Parsed {
  std::vector<SseEvent> events;
  SseParser parser{[this](const SseEvent& event) { events.push_back(event); }};
};

constexpr char kStream[] =
    "retry: 1000\n\nid: 1\nevent: stdout\ndata: {\"data\":\"aGk=\"}\n\n: still here\n\n"
    "id: 2\nevent: end\ndata: {\ndata:}\n\n";

void check_stream(const std::vector<SseEvent>& events) {
  REQUIRE(events.size() == 2);
  CHECK(events[0].name == "stdout");
  CHECK(events[0].data == R"({"data":"aGk="})");
  CHECK(events[0].id == "1");
  CHECK(events[1].name == "end");
  CHECK(events[1].data == "{\n}");
  CHECK(events[1].id == "2");
}

std::string replaced(std::string text, const std::string& end) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += end.size())
    text.replace(at, 1, end);
  return text;
}

}  // namespace

TEST_CASE("cli: a stream of events is read, whatever pieces it comes in and however lines end") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const auto text = replaced(kStream, end);
    for (std::size_t size = 1; size <= text.size(); ++size) {
      INFO(size << " bytes at a time");
      Parsed parsed;
      for (std::size_t at = 0; at < text.size(); at += size)
        parsed.parser.feed(std::string_view(text).substr(at, size));
      check_stream(parsed.events);
    }
  }
}

TEST_CASE("cli: an event counts only when it is whole") {
  Parsed parsed;
  parsed.parser.feed("id: 7\nevent: stdout\ndata: x\n");
  CHECK(parsed.events.empty());
  CHECK(parsed.parser.last_id().empty());  // who asked behind 7 would never get it
  // The connection breaks: what comes over the next one is not the rest of it.
  parsed.parser.restart();
  parsed.parser.feed("data: y\n\n");
  REQUIRE(parsed.events.size() == 1);
  CHECK(parsed.events[0].data == "y");
  CHECK(parsed.events[0].name == "message");
  CHECK(parsed.events[0].id.empty());
}

TEST_CASE("cli: the last id outlives events without one, and a broken connection") {
  Parsed parsed;
  parsed.parser.feed("id: 41\ndata: a\n\ndata: b\n\n");
  REQUIRE(parsed.events.size() == 2);
  CHECK(parsed.events[1].id == "41");
  parsed.parser.restart();
  CHECK(parsed.parser.last_id() == "41");
}

TEST_CASE("cli: fields are read as the standard has it") {
  Parsed parsed;
  parsed.parser.feed(
      "\xef\xbb\xbf"
      "data:  two spaces\ndata\nunknown: x\nid: a");
  parsed.parser.feed(std::string_view("\0b\n\n", 4));
  REQUIRE(parsed.events.size() == 1);
  CHECK(parsed.events[0].data == " two spaces\n");
  CHECK(parsed.events[0].id.empty());  // an id with a NUL is none
  parsed.parser.feed("event: lonely\n\n\n\n");
  CHECK(parsed.events.size() == 1);
}

TEST_CASE("cli: a line of a mebibyte is taken, one without end is not") {
  Parsed parsed;
  const std::string long_text(1 << 20, 'x');
  parsed.parser.feed("data: " + long_text + "\n\n");
  REQUIRE(parsed.events.size() == 1);
  CHECK(parsed.events[0].data == long_text);
  SseParser small([](const SseEvent&) {}, 100);
  small.feed("data: " + std::string(90, 'x'));
  CHECK_THROWS_AS(small.feed("12345"), std::length_error);
  SseParser many([](const SseEvent&) {}, 100);
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 20; ++i) many.feed("data: 123456789\n");
      }(),
      std::length_error);
}
