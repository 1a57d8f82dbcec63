// Events over the real runyard-api, on a database of its own, without Nginx and without a worker:
// the test publishes and ends what was submitted.
#include <algorithm>

#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/live_store.hpp"
#include "core/work_queue.hpp"
#include "tests/support/api_process.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/event_listener.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

struct Site {
  std::vector<std::string> settings(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"--db=" + base.options(), "--log_level=error"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// Gives the id of what a worker then runs.
  std::string begin(const ApiProcess& api) {
    const auto answer = api.ask("POST", kExecutions, submission("python", "print(1)"));
    REQUIRE(answer.status == 202);
    claims = queue.turn({}, 1, {"python"}).claims;
    REQUIRE(claims.size() == 1);
    return text_at(json::parse(answer.body), "execution_id");
  }
  void publish(std::int64_t event, const std::string& data) {
    live.publish({{claims.at(0).id, {{event, LiveEventKind::kStdout, data}}}});
  }
  void end(const std::string& output) {
    Result result;
    result.status = Status::kCompleted;
    result.output = output;
    result.exit_code = 0;
    result.wall_ms = 7;
    REQUIRE(queue.turn({{claims.at(0).id, claims.at(0).attempt, result}}, 0, {}).recorded.size() ==
            1);
  }

  TempDatabase base;
  Database database{base.options(), 2};
  WorkQueue queue{database, new_uuid7()};
  LiveStore live{database};
  std::vector<Claim> claims;
};

/// One listener's connection.
class Listening final {
 public:
  Listening(const ApiProcess& api, const std::string& id, const std::string& last_id = "")
      : client_(api.socket()) {
    std::map<std::string, std::string> params{
        {"REQUEST_METHOD", "GET"},
        {"REQUEST_URI", std::string(kExecutions) + "/" + id + "/events"},
        {"REMOTE_ADDR", "192.0.2.1"}};
    if (!last_id.empty()) params["HTTP_LAST_EVENT_ID"] = last_id;
    client_.begin(params);
    client_.body("");
  }

  /// Reads until an event of that name with that text is there; the test's time limit ends what
  /// never comes.
  bool has(const std::string& name, const std::string& text) {
    for (;;) {
      for (const auto& event : events())
        if (event.name == name && event.data.find(text) != std::string::npos) return true;
      const auto part = client_.part();
      if (part.empty()) return false;
      stream_ += part;
    }
  }
  std::vector<ServerEvent> events() const {
    const auto head = stream_.find("\r\n\r\n");
    return head == std::string::npos ? std::vector<ServerEvent>()
                                     : parse_events(stream_.substr(head + 4));
  }
  /// The rest; true when the request was ended as the protocol has it.
  bool to_the_end() {
    stream_ += client_.answer();
    return client_.ended();
  }
  std::string ids() const {
    std::string text;
    for (const auto& event : events()) text += event.id + " ";
    return text;
  }

 private:
  FcgiClient client_;
  std::string stream_;
};

}  // namespace

TEST_CASE("listeners take no threads, get events as they come, and the end") {
  Site site;
  const ApiProcess api(site.settings({"--threads=1", "--event_listeners=16"}));
  const auto id = site.begin(api);
  Listening one(api, id);
  Listening two(api, id);
  site.publish(1, "first");
  CHECK(one.has("stdout", "first"));
  CHECK(two.has("stdout", "first"));
  CHECK(site.base.sql("select followed from queue") == "t");
  CHECK(api.ask("GET", "/health").status == 200);

  // An eighth of the places for one owner.
  const auto path = std::string(kExecutions) + "/" + id + "/events";
  const auto refused = api.ask("GET", path);
  CHECK(refused.status == 429);
  CHECK_THAT(refused.headers, contains("Retry-After: "));
  CHECK(api.ask("GET", path, "", {{"REMOTE_ADDR", "192.0.2.2"}}).status == 404);

  site.publish(2, "second");
  site.end("firstsecond");
  CHECK(one.to_the_end());
  CHECK(two.to_the_end());
  CHECK(one.ids() == "1 2 999999999 ");
  CHECK(two.ids() == "1 2 999999999 ");
  CHECK(text_at(json::parse(one.events().back().data), "stdout") == "firstsecond");
  CHECK(api.ask("GET", path, "", {{"HTTP_LAST_EVENT_ID", "999999999"}}).status == 204);
}

TEST_CASE("a process that is stopped ends its streams, and another one goes on with them") {
  Site site;
  ApiProcess first(site.settings());
  const ApiProcess second(site.settings());
  const auto id = site.begin(first);
  site.publish(1, "a");
  Listening before(first, id);
  CHECK(before.has("stdout", "a"));
  CHECK(first.stop() == 0);
  CHECK(before.to_the_end());
  CHECK(before.ids() == "1 ");
  site.publish(2, "b");
  Listening after(second, id, "1");
  CHECK(after.has("stdout", "b"));
  site.end("ab");
  CHECK(after.to_the_end());
  CHECK(after.ids() == "2 999999999 ");
}

TEST_CASE("a lost connection to the database loses no event") {
  Site site;
  const ApiProcess api(site.settings());
  const auto id = site.begin(api);
  Listening listening(api, id);
  site.publish(1, "a");
  CHECK(listening.has("stdout", "a"));
  site.base.sql(
      "select count(pg_terminate_backend(pid)) from pg_stat_activity\n"
      "where datname = current_database() and pid <> pg_backend_pid()");
  site.publish(2, "b");
  CHECK(listening.has("stdout", "b"));
  site.end("ab");
  CHECK(listening.to_the_end());
  CHECK(listening.ids() == "1 2 999999999 ");
}

TEST_CASE("a finished execution that nobody followed tells its result") {
  Site site;
  const ApiProcess api(site.settings());
  const auto id = site.begin(api);
  site.end("done\n");
  Listening listening(api, id);
  CHECK(listening.to_the_end());
  CHECK(listening.ids() == "500000001 500000002 999999999 ");
  Listening again(api, id, "500000001");
  CHECK(again.to_the_end());
  CHECK(again.ids() == "500000002 999999999 ");
}

TEST_CASE("live runs are asked for by a parameter of the gateway, and by no header") {
  Site site;
  const ApiProcess api(site.settings());
  const auto body = submission("python", "input()", R"("type":"run","tty":true)");
  CHECK(api.ask("POST", kExecutions, body, {{"HTTP_RUNYARD_LIVE", "native"}}).status == 422);
  CHECK(site.base.sql("select count(*) from queue") == "0");
  CHECK(api.ask("POST", kExecutions, body, {{"RUNYARD_LIVE", "native"}}).status == 202);
  CHECK(site.base.sql("select count(*) from queue where live_key is not null") == "1");
}
