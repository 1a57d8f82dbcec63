// GET /executions/{id}/events against stores in memory: what a listener gets, and who may listen.
#include <map>

#include "fcgi-app/api.hpp"
#include "fcgi-app/events/event_stream.hpp"
#include "fcgi-app/events/events.hpp"
#include "fcgi-app/events/stored_events.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"

using namespace runyard;

namespace {

class MemoryLive final : public LiveReader {
 public:
  void follow(const std::string& id) override { followed.push_back(id); }
  std::vector<LiveEvent> events(const std::string& id, std::int64_t after) override {
    std::vector<LiveEvent> found;
    for (const auto& event : published[id])
      if (event.id > after && found.size() < 16) found.push_back(event);
    if (on_events) std::exchange(on_events, nullptr)();
    return found;
  }
  std::vector<LiveState> states(const std::vector<std::string>& ids) override {
    std::vector<LiveState> states;
    for (const auto& id : ids) states.push_back({id, 0, over});
    return states;
  }
  void publish(const std::string& id, std::int64_t event, const std::string& data) {
    published[id].push_back({event, LiveEventKind::kStdout, data});
  }

  std::vector<std::string> followed;
  std::map<std::string, std::vector<LiveEvent>> published;
  std::function<void()> on_events;  ///< once, after the next look at them
  bool over = false;
};

struct Stack {
  Stack() {
    test::quiet_log();
    context.events = &feed;
    api = std::make_unique<Api>(context);
    id = *json::parse(ask("POST", "/api/v1/executions", R"({"language":"python","code":"x"})").body)
              .find("execution_id")
              ->string();
  }

  Response ask(const std::string& method, const std::string& path, const std::string& body = "",
               test::Headers headers = {}) {
    auto request = test::request_to(method, path, body, std::move(headers));
    request.remote_addr = address;
    return api->handle(request);
  }
  Response listen(const std::string& query = "", test::Headers headers = {}) {
    return ask("GET", "/api/v1/executions/" + id + "/events" + query, "", std::move(headers));
  }
  void finish() {
    executions.finish(id);
    live.over = true;
  }

  std::string address = "192.0.2.1";
  std::string id;
  test::MemoryExecutions executions;
  MemoryLive live;
  ListenerPlaces places{16};
  EventFeed feed{live, places};
  LanguageCatalog catalog = test::small_catalog();
  Waiters waiters{1};
  FleetMonitor monitor{[](std::int64_t) {
                         return Fleet{1, {"python", "cpp"}, 0};
                       },
                       100, std::chrono::hours(1)};
  AnonymousAuthenticator authenticator;
  ApiContext context{authenticator, executions, catalog, monitor, waiters, {}};
  std::unique_ptr<Api> api;
};

/// All that can be read at once: the id and the name of each event, "7 stdout ".
std::string ids_of(BodyStream& stream, bool* over = nullptr) {
  std::string text;
  for (;;) {
    const auto part = stream.read();
    text += part.bytes;
    if (over) *over = part.over;
    if (part.over || !part.more) break;
  }
  std::string ids;
  for (std::size_t at = 0; (at = text.find("id: ", at)) != std::string::npos; ++at) {
    const auto line = text.find('\n', at);
    const auto name = line + std::string("\nevent: ").size();
    ids += text.substr(at + 4, line - at - 4) + " " +
           text.substr(name, text.find('\n', name) - name) + " ";
  }
  return ids;
}

}  // namespace

TEST_CASE("a listener gets the queue, what is published, and the end") {
  Stack stack;
  const auto response = stack.listen();
  REQUIRE(response.status == 200);
  CHECK(*response.header("content-type") == "text/event-stream");
  CHECK(*response.header("cache-control") == "no-store");
  CHECK(*response.header("x-accel-buffering") == "no");
  REQUIRE(response.stream);
  auto& stream = *response.stream;
  CHECK(stream.execution_id() == stack.id);
  CHECK(stack.live.followed == std::vector<std::string>{stack.id});
  CHECK(stack.executions.watched() == std::vector<std::string>{stack.id});

  CHECK(ids_of(stream) == "0 status ");
  CHECK(ids_of(stream).empty());
  for (int i = 1; i <= 40; ++i) stack.live.publish(stack.id, i, "x");
  CHECK(stream.is_behind({stack.id, 1, false}));
  std::string expected;
  for (int i = 1; i <= 40; ++i) expected += std::to_string(i) + " stdout ";
  CHECK(ids_of(stream) == expected);
  CHECK_FALSE(stream.is_behind({stack.id, 40, false}));
  CHECK(stream.is_behind({stack.id, 40, true}));
  stack.finish();
  bool over = false;
  CHECK(ids_of(stream, &over) == "999999999 end ");
  CHECK(over);
}

TEST_CASE("what is published between the last look and the end is not lost") {
  Stack stack;
  const auto response = stack.listen();
  CHECK(ids_of(*response.stream) == "0 status ");
  stack.live.on_events = [&] {
    stack.live.publish(stack.id, 1, "last words");
    stack.finish();
  };
  CHECK(ids_of(*response.stream) == "1 stdout 999999999 end ");
}

TEST_CASE("who comes back gets what he has not got") {
  Stack stack;
  for (int i = 1; i <= 5; ++i) stack.live.publish(stack.id, i, "x");
  stack.executions.set_status(stack.id, Status::kRunning);
  CHECK(ids_of(*stack.listen("", {{"last-event-id", "3"}}).stream) == "4 stdout 5 stdout ");
  CHECK(ids_of(*stack.listen("?last_event_id=4").stream) == "5 stdout ");
  // A browser adds the header to the address that it began with.
  CHECK(ids_of(*stack.listen("?last_event_id=1", {{"last-event-id", "4"}}).stream) == "5 stdout ");
  CHECK(ids_of(*stack.listen("?last_event_id=1", {{"last-event-id", ""}}).stream) ==
        "2 stdout 3 stdout 4 stdout 5 stdout ");
  stack.finish();
  CHECK(ids_of(*stack.listen("?last_event_id=5").stream) == "999999999 end ");
  CHECK(ids_of(*stack.listen("?last_event_id=999999998").stream) == "999999999 end ");
  CHECK(stack.listen("?last_event_id=999999999").status == 204);
  CHECK(stack.listen("", {{"last-event-id", "1999999999"}}).status == 204);
}

TEST_CASE("a finished execution tells what was published, or else its result") {
  Stack stack;
  stack.executions.finish(stack.id);
  stack.live.over = true;
  // The execution in memory was never claimed.
  CHECK(ids_of(*stack.listen().stream) == "999999999 end ");
  stack.live.publish(stack.id, 1, "x");
  stack.live.publish(stack.id, 2, "y");
  CHECK(ids_of(*stack.listen().stream) == "1 stdout 2 stdout 999999999 end ");
  CHECK(stack.live.followed.empty());
  // Swept in part: what is left would look like the beginning.
  stack.live.published[stack.id].erase(stack.live.published[stack.id].begin());
  CHECK(ids_of(*stack.listen().stream) == "999999999 end ");
  CHECK(ids_of(*stack.listen("?last_event_id=1").stream) == "2 stdout 999999999 end ");
}

TEST_CASE("a deleted execution ends its streams") {
  Stack stack;
  const auto response = stack.listen();
  CHECK(ids_of(*response.stream) == "0 status ");
  stack.finish();
  stack.executions.remove(stack.id, "addr:192.0.2.1");
  bool over = false;
  CHECK(ids_of(*response.stream, &over).empty());
  CHECK(over);
}

TEST_CASE("wrong ids and parameters are named") {
  Stack stack;
  for (const char* query : {"?last_event_id=", "?last_event_id=-1", "?last_event_id=1x",
                            "?last_event_id=+1", "?last_event_id=9007199254740992",
                            "?last_event_id=99999999999999999999", "?encoding=utf16", "?wait=1"}) {
    INFO(query);
    CHECK(stack.listen(query).status == 422);
  }
  for (const char* header : {"-1", "x", " 1", "1.5", "99999999999999999999"}) {
    INFO(header);
    const auto response = stack.listen("", {{"last-event-id", header}});
    CHECK(response.status == 422);
    CHECK(response.body.find("Last-Event-ID") != std::string::npos);
  }
  CHECK(stack.listen("?last_event_id=%ff").status >= 400);
  CHECK(stack.ask("GET", "/api/v1/executions/x/events").status == 404);
  CHECK(stack.ask("POST", "/api/v1/executions/" + stack.id + "/events", "{}").status == 405);
  stack.address = "192.0.2.2";
  CHECK(stack.listen().status == 404);
  CHECK(stack.live.followed.empty());
}

TEST_CASE("too many listeners are refused, of one owner and of all, until some go") {
  Stack stack;
  std::vector<Response> listening;
  for (int i = 0; i < 2; ++i) {
    listening.push_back(stack.listen());
    CHECK(listening.back().status == 200);
  }
  const auto greedy = stack.listen();
  CHECK(greedy.status == 429);
  CHECK(greedy.header("retry-after"));
  std::vector<std::unique_ptr<ListenerPlaces::Place>> others;
  for (int i = 0; i < 14; ++i)
    others.push_back(std::get<0>(stack.places.take("other" + std::to_string(i))));
  stack.address = "192.0.2.2";
  stack.id =
      *json::parse(
           stack.ask("POST", "/api/v1/executions", R"({"language":"python","code":"x"})").body)
           .find("execution_id")
           ->string();
  const auto late = stack.listen();
  CHECK(late.status == 503);
  CHECK(late.header("retry-after"));
  listening.pop_back();
  CHECK(stack.listen().status == 200);
}
