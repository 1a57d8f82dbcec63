// runyard-admin on the running stack: its worker is drained and taken back.
#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/services.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

struct Desk {
  Desk() { host = stack.sql("select host from workers order by seen_at desc limit 1"); }
  ~Desk() {
    try {
      admin({"worker", "undrain", host});
    } catch (const std::exception&) {  // there is nothing more to be done about it
    }
  }
  /// Throws when it fails.
  std::string admin(std::vector<std::string> arguments) const {
    std::vector<std::string> argv = {"env", "RUNYARD_VAR=" + stack.var(), source_path("runyard"),
                                     "admin"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return output_of(argv);
  }
  std::string submit(const std::string& program) const {
    HttpClient client(test_url(), "127.0.0.41");
    const auto answer = client.post(kExecutions, submission("python", program));
    REQUIRE(answer.status == 202);
    return text_at(answer.json(), "execution_id");
  }
  std::string status(const std::string& id) const {
    return stack.sql("select status from execution where id = '" + id + "'");
  }
  bool becomes(const std::string& id, const std::string& wanted) const {
    return await([&] { return status(id) == wanted; }, 20s, 20ms);
  }

  Stack stack;
  std::string host;
};

}  // namespace

TEST_CASE(
    "the stack's worker is drained while a program runs, and works again when it is taken back") {
  const Desk desk;
  const auto pid = desk.stack.pid("worker");
  const auto running = desk.submit("import time\ntime.sleep(3)\nprint('done')\n");
  REQUIRE(desk.becomes(running, "RUNNING"));

  const auto drained = desk.admin({"worker", "drain", desk.host, "--wait=60"});
  CHECK_THAT(drained, contains("is drained"));
  CHECK(desk.status(running) == "COMPLETED");
  CHECK(desk.stack.sql("select attempt from results where execution_id = '" + running + "'") ==
        "1");
  CHECK_THAT(desk.admin({"worker", "list", "--json"}), contains(R"("state":"drained")"));

  const auto waiting = desk.submit("print('later')\n");
  CHECK_FALSE(await([&] { return desk.status(waiting) != "QUEUED"; }, 1500ms, 50ms));
  CHECK_THAT(desk.admin({"queue", "show", "--json"}), contains(R"("queued":1)"));

  CHECK_THAT(desk.admin({"worker", "undrain", desk.host}), contains("works again"));
  CHECK(desk.becomes(waiting, "COMPLETED"));
  CHECK(desk.stack.pid("worker") == pid);
}

TEST_CASE("a program that is taken from its worker by the operator runs again and ends once") {
  const Desk desk;
  const auto id = desk.submit("import time\ntime.sleep(6)\nprint('once')\n");
  REQUIRE(desk.becomes(id, "RUNNING"));
  CHECK_THAT(desk.admin({"queue", "requeue", id}), contains("is queued again"));
  CHECK(desk.becomes(id, "COMPLETED"));
  CHECK(desk.stack.sql("select attempt from results where execution_id = '" + id + "'") == "2");
  CHECK(desk.stack.sql("select convert_from(stdout, 'UTF8') from results where execution_id = '" +
                       id + "'") == "once\n");
}

TEST_CASE("the operator's users sign in until they are disabled") {
  const Desk desk;
  const auto name = "op-" + desk.stack.sql("select substr(gen_random_uuid()::text, 1, 8)");
  desk.admin({"user", "add", name, "--email", name + "@example.com", "--no-password"});
  const auto line = desk.admin({"key", "add", name, "--name", "e2e"});
  const auto key = line.substr(0, line.find('\n'));
  HttpClient client(test_url(), "127.0.0.42");
  const auto status = [&] { return client.get("/api/v1/auth/keys", {"X-API-Key: " + key}).status; };
  CHECK(status() == 403);  // it is right, and may not manage keys
  desk.admin({"user", "disable", name});
  CHECK(await([&] { return status() == 401; }, 30s, 100ms));
  desk.admin({"user", "remove", name, "--yes"});
}
