// Events as they are written, and those that a result tells.
#include "core/text.hpp"
#include "fcgi-app/events/event_format.hpp"
#include "fcgi-app/events/fcgi_records.hpp"
#include "fcgi-app/events/listener_places.hpp"
#include "fcgi-app/events/stored_events.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

constexpr std::int64_t kFirst = kFirstStoredEvent;

Execution over(Result result, int attempt = 1) {
  Execution execution;
  execution.id = "x";
  execution.attempt = attempt;
  execution.status = result.status;
  execution.result = std::move(result);
  return execution;
}

Result ran() {
  Result result;
  result.status = Status::kCompleted;
  result.wall_ms = 5;
  return result;
}

/// Kind and data of each, in one line.
std::string shown(const std::vector<LiveEvent>& events) {
  std::string text;
  for (const auto& event : events)
    text += std::string(to_string(event.kind)) + " " + event.data + "|";
  return text;
}

}  // namespace

TEST_CASE("an event is an id, a name and one line of JSON") {
  CHECK(format_event({7, LiveEventKind::kStdout, "a\n\"\0" + std::string(1, '\0')},
                     OutputEncoding::kText) ==
        "id: 7\nevent: stdout\ndata: {\"data\":\"a\\n\\\"\\u0000\"}\n\n");
  CHECK(format_event({8, LiveEventKind::kStderr, "\xff"}, OutputEncoding::kText) ==
        "id: 8\nevent: stderr\ndata: {\"data\":\"\xef\xbf\xbd\"}\n\n");
  CHECK(format_event({8, LiveEventKind::kStderr, "\xff"}, OutputEncoding::kBase64) ==
        "id: 8\nevent: stderr\ndata: {\"data\":\"/w==\"}\n\n");
  CHECK(format_event({9, LiveEventKind::kStatus, R"({"status":"RUNNING"})"},
                     OutputEncoding::kBase64) ==
        "id: 9\nevent: status\ndata: {\"status\":\"RUNNING\"}\n\n");
  CHECK(format_queued() == "id: 0\nevent: status\ndata: {\"status\":\"QUEUED\"}\n\n");
}

TEST_CASE("no output can forge a line of the stream") {
  const auto text =
      format_event({1, LiveEventKind::kStdout, "x\n\nid: 9\nevent: end\ndata: {}\n\n\r\r"},
                   OutputEncoding::kText);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK(text.find('\r') == std::string::npos);
}

TEST_CASE("the end is the last event of its attempt and holds the execution") {
  CHECK(format_end(over(ran(), 1), OutputEncoding::kText).rfind("id: 999999999\nevent: end\n", 0) ==
        0);
  CHECK(format_end(over(ran(), 2), OutputEncoding::kText).rfind("id: 1999999999\n", 0) == 0);
  CHECK(format_end(over(ran(), 0), OutputEncoding::kText).rfind("id: 999999999\n", 0) == 0);
}

TEST_CASE("a result tells its stages and its outputs in their order of arrival") {
  auto result = ran();
  result.output = "one\ntwo\n";
  result.errors = "oops\n";
  result.output_order = {4, -5, 4};
  const auto events = stored_events(over(result, 2));
  CHECK(shown(events) ==
        R"(status {"status":"RUNNING","stage":"run","attempt":2}|stdout one
|stderr oops
|stdout two
|)");
  for (std::size_t i = 0; i < events.size(); ++i)
    CHECK(events[i].id == kLiveIdsPerAttempt + kFirst + static_cast<std::int64_t>(i));
}

TEST_CASE("stages are told as far as they took place") {
  Result result;
  result.status = Status::kFailed;
  result.compile.emplace();
  result.compile->status = Status::kFailed;
  const std::string compile = R"(status {"status":"RUNNING","stage":"compile","attempt":1}|)";
  const std::string run = R"(status {"status":"RUNNING","stage":"run","attempt":1}|)";
  CHECK(shown(stored_events(over(result))) == compile);
  result.compile->status = Status::kCompleted;
  result.wall_ms = 3;
  CHECK(shown(stored_events(over(result))) == compile + run);
  result.compile->cached = true;
  CHECK(shown(stored_events(over(result))) == run);
  CHECK(stored_events(over(result, 0)).empty());  // cancelled before any attempt
}

TEST_CASE("tests are told without outputs") {
  auto result = ran();
  TestResult passed;
  passed.name = "a";
  passed.output = "secret";
  passed.wall_ms = 1;
  passed.cpu_ms = 2;
  passed.memory_kb = 3;
  TestResult skipped;
  skipped.name = "b";
  skipped.skipped = true;
  result.tests = {passed, skipped};
  result.output = "not shown";
  CHECK(
      shown(stored_events(over(result))) ==
      R"(status {"status":"RUNNING","stage":"run","attempt":1}|)"
      R"(test {"index":0,"name":"a","verdict":"PASSED","execution_time":1,"cpu_time_ms":2,"memory_kb":3}|)"
      R"(test {"index":1,"name":"b","verdict":"SKIPPED","execution_time":null,"cpu_time_ms":null,"memory_kb":null}|)");
}

TEST_CASE("pieces are bounded and cut no character") {
  auto result = ran();
  for (int i = 0; i < 20'000; ++i) result.output += "\xe2\x82\xac";  // three bytes
  result.output += std::string(20'000, '\xff');
  std::string together;
  const auto events = stored_events(over(result));
  for (const auto& event : events) {
    if (event.kind != LiveEventKind::kStdout) continue;
    CHECK(event.data.size() <= kMaxLivePiece);
    CHECK(event.data.size() >= kMaxLivePiece / 2 - 8);
    if (event.data.find('\xff') == std::string::npos) CHECK(is_utf8(event.data));
    together += event.data;
  }
  CHECK(together == result.output);
}

TEST_CASE("a character that arrived in two parts is told in one") {
  auto result = ran();
  result.output = "a\xe2\x82\xac!";
  result.errors = "\xc3\xa4";
  result.output_order = {2, -1, 1, -1, 2};
  CHECK(shown(stored_events(over(result))) ==
        std::string(R"(status {"status":"RUNNING","stage":"run","attempt":1}|)") +
            "stdout a|stderr \xc3\xa4|stdout \xe2\x82\xac!|");
  // An order that says more, or less, than there is.
  result.output_order = {100, -100};
  CHECK(shown(stored_events(over(result))).find("stdout a\xe2\x82\xac!|stderr") !=
        std::string::npos);
  // Bytes that begin no character are not held back, as they were not while the program ran.
  result.output = "\xf5!";
  result.errors = "e";
  result.output_order = {1, -1, 1};
  CHECK(shown(stored_events(over(result))).find("stdout \xf5|stderr e|stdout !|") !=
        std::string::npos);
}

TEST_CASE("records hold at most what their length can say") {
  std::string records;
  append_output(records, 0x102, std::string(70'000, 'x'));
  REQUIRE(records.size() == 70'000 + 16);
  CHECK(records.substr(0, 8) == std::string("\x01\x06\x01\x02\xff\xff\x00\x00", 8));
  CHECK(records.substr(65'535 + 8, 8) == std::string("\x01\x06\x01\x02\x11\x71\x00\x00", 8));
  records.clear();
  append_end_of_request(records, 1);
  CHECK(records ==
        std::string("\x01\x06\0\x01\0\0\0\0\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0", 24));
}

TEST_CASE("places of listeners are bounded, an eighth for one owner, and come back") {
  using Full = ListenerPlaces::Full;
  ListenerPlaces places(16);
  std::vector<std::variant<std::unique_ptr<ListenerPlaces::Place>, Full>> taken;
  for (int i = 0; i < 2; ++i) {
    taken.push_back(places.take("greedy"));
    CHECK(std::holds_alternative<std::unique_ptr<ListenerPlaces::Place>>(taken.back()));
  }
  CHECK(std::get<Full>(places.take("greedy")) == Full::kOwner);
  for (int i = 0; i < 14; ++i) taken.push_back(places.take("other" + std::to_string(i)));
  CHECK(std::get<Full>(places.take("late")) == Full::kAll);
  taken.erase(taken.begin());
  CHECK(std::holds_alternative<std::unique_ptr<ListenerPlaces::Place>>(places.take("greedy")));
  CHECK(std::holds_alternative<std::unique_ptr<ListenerPlaces::Place>>(places.take("late")));
  CHECK(ListenerPlaces(1).places_per_owner() == 1);
}
