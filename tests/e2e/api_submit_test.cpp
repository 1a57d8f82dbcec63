// Submitting, waiting, repeating, cancelling and deleting through the whole stack.
#include <future>

#include "core/ids.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

const std::string kHello = submission("python", "print('Hello, World!')");
const std::string kSleep =
    submission("python", "import time; time.sleep(20)", R"("limits":{"wall_ms":30000})");

std::string path_of(const std::string& id) { return std::string(kExecutions) + "/" + id; }
std::string id_of(const HttpAnswer& answer) { return text_at(answer.json(), "execution_id"); }

}  // namespace

TEST_CASE("a program is accepted, run and read") {
  HttpClient client(test_url());
  const auto accepted = client.post(kExecutions, kHello);
  REQUIRE(accepted.status == 202);
  const auto id = id_of(accepted);
  CHECK(is_uuid(id));
  CHECK(accepted.body == R"({"execution_id":")" + id + R"(","status":"QUEUED"})");
  CHECK(accepted.header("location") == path_of(id));
  CHECK(accepted.header("cache-control") == "no-store");
  const auto execution = wait_for_end(client, id);
  CHECK(text_at(execution, "status") == "COMPLETED");
  CHECK(text_at(execution, "stdout") == "Hello, World!\n");
  CHECK(text_at(execution, "stderr").empty());
  CHECK(*execution.find("exit_code")->integer() == 0);
  CHECK(execution.find("execution_time")->integer());
  CHECK(*execution.find("attempt")->integer() == 1);
  CHECK(!text_at(execution, "finished_at").empty());
}

TEST_CASE("a waiting submission is answered with the result") {
  HttpClient client(test_url());
  for (const auto& answer : {client.post(std::string(kExecutions) + "?wait=30", kHello),
                             client.post(kExecutions, kHello, {"Prefer: wait=30"})}) {
    CHECK(answer.status == 200);
    CHECK(text_at(answer.json(), "stdout") == "Hello, World!\n");
    CHECK(answer.header("location") == path_of(id_of(answer)));
  }
}

TEST_CASE("a wait that is too short is answered with 202 and the run goes on") {
  HttpClient client(test_url());
  const auto answer = client.post(std::string(kExecutions) + "?wait=1", kSleep);
  CHECK(answer.status == 202);
  const auto id = id_of(answer);
  const auto poll = client.get(path_of(id) + "?wait=1");
  CHECK(poll.status == 200);
  CHECK(poll.header("cache-control") == "no-store");
  CHECK(poll.json().find("stdout")->is_null());
  CHECK(client.send("POST", path_of(id) + "/cancel").status == 202);
  CHECK(text_at(wait_for_end(client, id), "status") == "CANCELLED");
}

TEST_CASE("all inputs of a submission reach the program") {
  HttpClient client(test_url());
  const auto execution = run_to_end(
      client,
      submission(
          "python",
          "import sys, os\n"
          "print(sys.argv[1:], os.environ['A_VAR'], repr(sys.stdin.buffer.read()))\n"
          "open('out.bin','wb').write(b'\\xff\\x00')",
          R"("stdin":"i\u0000n\n","args":["x y","-z"],"env":{"A_VAR":"v"},"artifacts":["out.bin"])"));
  CHECK(text_at(execution, "stdout") == "['x y', '-z'] v b'i\\x00n\\n'\n");
  REQUIRE(execution.find("artifacts")->array()->size() == 1);
  const auto& artifact = execution.find("artifacts")->array()->at(0);
  CHECK(text_at(artifact, "name") == "out.bin");
  CHECK(text_at(artifact, "encoding") == "base64");
  CHECK(text_at(artifact, "content") == "/wA=");
}

TEST_CASE("several files run from their entry") {
  HttpClient client(test_url());
  const std::string start = R"j("from part import x\nprint(x, open('data/d.bin','rb').read())")j";
  const auto execution =
      run_to_end(client, R"({"language":"python","entry":"app/start.py","files":[)"
                         R"({"name":"app/start.py","content":)" +
                             start +
                             R"(},{"name":"app/part.py","content":"x = 7"},)"
                             R"({"name":"data/d.bin","content":"/wA=","encoding":"base64"}]})");
  CHECK(text_at(execution, "stdout") == "7 b'\\xff\\x00'\n");
}

TEST_CASE("a repeated key gives the same execution, with another body a conflict") {
  HttpClient client(test_url());
  const std::string key = "Idempotency-Key: " + new_uuid7();
  const auto first = client.post(kExecutions, kHello, {key});
  REQUIRE(first.status == 202);
  CHECK(id_of(client.post(kExecutions, kHello, {key})) == id_of(first));
  const auto finished = client.post(std::string(kExecutions) + "?wait=30", kHello, {key});
  CHECK(finished.status == 200);
  CHECK(id_of(finished) == id_of(first));
  CHECK(client.post(kExecutions, submission("python", "2"), {key}).status == 409);
  HttpClient other(test_url(), "127.0.0.9");
  const auto others = other.post(kExecutions, kHello, {key});
  CHECK(others.status == 202);
  CHECK(id_of(others) != id_of(first));
}

TEST_CASE("one key sent many times at once makes one execution") {
  const std::string key = "Idempotency-Key: " + new_uuid7();
  std::vector<std::future<std::string>> ids;
  for (int i = 0; i < 8; ++i)
    ids.push_back(std::async(std::launch::async, [&key] {
      HttpClient client(test_url());
      return id_of(client.post(kExecutions, kHello, {key}));
    }));
  const auto first = ids[0].get();
  CHECK(is_uuid(first));
  for (std::size_t i = 1; i < ids.size(); ++i) CHECK(ids[i].get() == first);
}

TEST_CASE("a batch answers each element in its place") {
  HttpClient client(test_url());
  const auto answer =
      client.post(std::string(kExecutions) + "/batch",
                  R"({"executions":[)" + kHello + R"(,{"language":"python"},)" + kHello + "]}");
  CHECK(answer.status == 202);
  const auto json = answer.json();
  const auto& items = *json.find("executions")->array();
  REQUIRE(items.size() == 3);
  CHECK(text_at(wait_for_end(client, text_at(items[0], "execution_id")), "stdout") ==
        "Hello, World!\n");
  CHECK(*items[1].find("error")->find("status")->integer() == 422);
  CHECK(text_at(wait_for_end(client, text_at(items[2], "execution_id")), "stdout") ==
        "Hello, World!\n");
}

TEST_CASE("a running program is cancelled, then cancelling is a conflict") {
  HttpClient client(test_url());
  const auto id = id_of(client.post(kExecutions, kSleep));
  while (text_at(client.get(path_of(id) + "?wait=1").json(), "status") == "QUEUED") {
  }
  CHECK(client.send("DELETE", path_of(id)).status == 409);
  CHECK(client.send("POST", path_of(id) + "/cancel").status == 202);
  const auto execution = wait_for_end(client, id);
  CHECK(text_at(execution, "status") == "CANCELLED");
  CHECK(text_at(execution, "reason") == "CANCELLED");
  CHECK(client.send("POST", path_of(id) + "/cancel").status == 409);
}

TEST_CASE("cancelling against the finish has one winner, whatever the moment") {
  HttpClient client(test_url());
  for (int i = 0; i < 20; ++i) {
    const auto id = id_of(client.post(kExecutions, kHello));
    if (i % 2 == 1) client.get(path_of(id) + "?wait=1");
    const auto cancel = client.send("POST", path_of(id) + "/cancel");
    const auto status = text_at(wait_for_end(client, id), "status");
    CHECK((cancel.status == 202 || cancel.status == 409));
    CHECK((status == "CANCELLED" || status == "COMPLETED"));
    if (cancel.status == 409) CHECK(status == "COMPLETED");
    CHECK(text_at(client.get(path_of(id)).json(), "status") == status);
  }
}

TEST_CASE("a deleted execution is gone") {
  HttpClient client(test_url());
  const auto execution = run_to_end(client, kHello);
  const auto id = text_at(execution, "execution_id");
  const auto deleted = client.send("DELETE", path_of(id));
  CHECK(deleted.status == 204);
  CHECK(deleted.body.empty());
  CHECK(client.get(path_of(id) + "?encoding=base64").status == 404);
  CHECK(client.send("DELETE", path_of(id)).status == 404);
  CHECK(client.send("POST", path_of(id) + "/cancel").status == 404);
}

TEST_CASE("fifty waiting callers do not keep others from submitting") {
  std::vector<std::future<int>> waiting;
  for (int i = 0; i < 50; ++i)
    waiting.push_back(std::async(std::launch::async, [] {
      HttpClient client(test_url());
      return client.post(std::string(kExecutions) + "?wait=2", kSleep).status;
    }));
  HttpClient client(test_url(), "127.0.0.8");
  CHECK(client.post(kExecutions, kHello).status == 202);
  for (auto& answer : waiting) CHECK(answer.get() == 202);
  HttpClient owner(test_url());
  const auto list = owner.get(std::string(kExecutions) + "?limit=100").json();
  for (const auto& execution : *list.find("executions")->array())
    owner.send("POST", path_of(text_at(execution, "execution_id")) + "/cancel");
}
