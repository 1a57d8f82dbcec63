// Events of executions through the whole stack.
#include <algorithm>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/event_listener.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

std::string events_url(const std::string& id) {
  return test_url() + kExecutions + "/" + id + "/events";
}

std::string submit(HttpClient& client, const std::string& body) {
  const auto answer = client.post(kExecutions, body);
  REQUIRE(answer.status == 202);
  return text_at(answer.json(), "execution_id");
}

std::size_t count(const std::vector<ServerEvent>& events, const std::string& name) {
  return static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [&](const auto& event) { return event.name == name; }));
}

std::string output_of(const std::vector<ServerEvent>& events) {
  std::string text;
  for (const auto& event : events)
    if (event.name == "stdout") text += text_at(json::parse(event.data), "data");
  return text;
}

}  // namespace

TEST_CASE("events arrive while the program runs, and who comes back misses and repeats nothing") {
  HttpClient client(test_url());
  const auto id = submit(
      client, submission("python",
                         "import time\nfor i in range(40):\n    print('line', i, flush=True)\n"
                         "    time.sleep(0.2)",
                         R"("limits":{"wall_ms":20000})"));
  std::vector<ServerEvent> all;
  std::string last;
  // Three times he leaves with the program still running.
  for (std::size_t i = 1; i <= 3; ++i) {
    const EventListener listener(events_url(id), last);
    REQUIRE(
        await([&] { return count(listener.events(), "stdout") >= 3; }, std::chrono::minutes(1)));
    CHECK_FALSE(listener.ended());
    CHECK(text_at(client.get(std::string(kExecutions) + "/" + id).json(), "status") == "RUNNING");
    const auto events = listener.events();
    all.insert(all.end(), events.begin(), events.end());
    last = all.back().id;
  }
  const EventListener listener(events_url(id), last);
  REQUIRE(await([&] { return listener.ended(); }, std::chrono::minutes(1)));
  const auto events = listener.events();
  all.insert(all.end(), events.begin(), events.end());

  for (std::size_t i = 1; i < all.size(); ++i)
    CHECK(std::stoll(all[i].id) > std::stoll(all[i - 1].id));
  CHECK(count(all, "end") == 1);
  REQUIRE(all.back().name == "end");
  const auto execution = json::parse(all.back().data);
  CHECK(text_at(execution, "status") == "COMPLETED");
  CHECK(output_of(all) == text_at(execution, "stdout"));
  CHECK(count(all, "status") >= 1);

  const EventListener late(events_url(id), all.back().id);
  CHECK(await([&] { return late.ended(); }));
  CHECK(late.status() == 204);
}

TEST_CASE("an execution with tests tells each of them, and no output") {
  HttpClient client(test_url());
  const auto id =
      submit(client, submission("python", "import time\ntime.sleep(1)\nprint(input())",
                                R"("tests":[{"stdin":"1\n","expected_output":"1"},)"
                                R"({"name":"wrong","stdin":"2\n","expected_output":"3"}])"));
  const EventListener listener(events_url(id));
  REQUIRE(await([&] { return listener.ended(); }, std::chrono::minutes(1)));
  const auto events = listener.events();
  REQUIRE(count(events, "test") == 2);
  CHECK(count(events, "stdout") == 0);
  std::vector<std::string> verdicts;
  for (const auto& event : events)
    if (event.name == "test") verdicts.push_back(text_at(json::parse(event.data), "verdict"));
  CHECK(verdicts == std::vector<std::string>{"PASSED", "WRONG_ANSWER"});
  CHECK(events.back().name == "end");
}

TEST_CASE("a flood of output comes whole, through a client that is slow to begin") {
  HttpClient client(test_url());
  const auto id = submit(
      client, submission("python", "for i in range(100000):\n    print('%09d' % i)",
                         R"("limits":{"output_bytes":1048576,"wall_ms":60000,"cpu_ms":60000})"));
  const EventListener listener(events_url(id));
  REQUIRE(await([&] { return listener.ended(); }, std::chrono::minutes(1)));
  const auto events = listener.events();
  const auto execution = json::parse(events.back().data);
  CHECK(output_of(events) == text_at(execution, "stdout"));
  CHECK(output_of(events).size() == 1'000'000);
}

TEST_CASE("what runs in the queue is told, and a cancellation ends the stream") {
  HttpClient client(test_url());
  const auto id = submit(
      client, submission("python", "import time\ntime.sleep(50)", R"("limits":{"wall_ms":60000})"));
  const EventListener listener(events_url(id));
  REQUIRE(await([&] { return count(listener.events(), "status") > 0; }, std::chrono::minutes(1)));
  CHECK(client.post(std::string(kExecutions) + "/" + id + "/cancel", "").status / 100 == 2);
  REQUIRE(await([&] { return listener.ended(); }, std::chrono::minutes(1)));
  const auto events = listener.events();
  CHECK(text_at(json::parse(events.back().data), "status") == "CANCELLED");
}
