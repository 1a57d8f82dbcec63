// The real runyard-cli against servers that misbehave.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "core/text.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/cli_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/scripted_server.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kId[] = "01a1fca6-dc60-7000-84fb-17ee43d4ec3c";
constexpr char kStreamHead[] = "HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n";

std::string event(int id, const std::string& name, const std::string& data) {
  return "id: " + std::to_string(id) + "\nevent: " + name + "\ndata: " + data + "\n\n";
}

std::string output(int id, const std::string& text) {
  return event(id, "stdout", R"({"data":")" + base64_encode(text) + R"("})");
}

std::string ended(const std::string& text, const std::string& more = "") {
  return R"({"execution_id":")" + std::string(kId) + R"(","status":"COMPLETED","stdout":")" +
         base64_encode(text) + R"(","stderr":"","reason":null,"exit_code":0)" + more + "}";
}

bool is_submission(const ScriptedRequest& request) {
  return request.method == "POST" && request.target == kExecutions;
}

bool is_for_events(const ScriptedRequest& request) {
  return request.target.find("/events") != std::string::npos;
}

std::string submitted() {
  return http_answer(202, R"({"execution_id":")" + std::string(kId) + R"(","status":"QUEUED"})");
}

CliProcess::Setup setup_for(const std::string& url) {
  CliProcess::Setup setup;
  setup.input = "print(1)";
  setup.environment = {{"RUNYARD_URL", url}};
  return setup;
}

CliEnd run_at(const std::string& url, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"run", "-", "--language", "python"});
  return run_cli(std::move(more), setup_for(url));
}

/// Its one line.
std::string complaint(const CliEnd& end) {
  INFO(end.err);
  CHECK(end.exit_code == 125);
  CHECK(end.out.empty());
  CHECK(std::count(end.err.begin(), end.err.end(), '\n') == 1);
  CHECK(end.err.rfind("runyard-cli: ", 0) == 0);
  return end.err;
}

}  // namespace

TEST_CASE("cli: a stream that breaks goes on behind the last event") {
  int connection = 0;
  const ScriptedServer server([&](const ScriptedRequest& request) -> std::string {
    if (is_submission(request)) return submitted();
    if (!is_for_events(request)) return http_answer(404, "");
    const std::string head = std::string(kStreamHead) + "Content-Length: 100000\r\n\r\n";
    if (connection++ == 0)
      return head + event(1, "status", R"({"status":"RUNNING","stage":"run","attempt":1})") +
             output(2, "one ") + "id: 3\nevent: stdout\ndata: {\"da";
    return head + output(3, "two ") + event(999999999, "end", ended("one two three\n"));
  });
  const auto end = run_at(server.url());
  CHECK(end.out == "one two three\n");
  CHECK(end.err.empty());
  CHECK(end.exit_code == 0);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[1].headers.count("last-event-id") == 0);
  CHECK(requests[2].headers.at("last-event-id") == "2");
}

TEST_CASE("cli: a second attempt is not written twice") {
  const ScriptedServer server([&](const ScriptedRequest& request) {
    if (is_submission(request)) return submitted();
    const auto attempt = [](int number, const char* which) {
      return event(number, "status",
                   R"({"status":"RUNNING","stage":"run","attempt":)" + std::string(which) + "}");
    };
    const auto stream = attempt(1, "1") + output(2, "a\nb\n") + attempt(1000000001, "2") +
                        output(1000000002, "a\n") + output(1000000003, "b\nc\n") +
                        event(1999999999, "end", ended("a\nb\nc\n"));
    return kStreamHead + ("Content-Length: " + std::to_string(stream.size())) + "\r\n\r\n" + stream;
  });
  const auto end = run_at(server.url());
  CHECK(end.out == "a\nb\nc\n");
  CHECK(end.err.empty());
}

TEST_CASE("cli: a server that is away behind its proxy is come back to") {
  int connection = 0;
  const ScriptedServer server([&](const ScriptedRequest& request) -> std::string {
    if (is_submission(request)) return submitted();
    if (!is_for_events(request)) return http_answer(404, "");
    if (connection++ == 1) return http_answer(503, "", "Retry-After: 1\r\n");
    const std::string head = std::string(kStreamHead) + "Content-Length: 100000\r\n\r\n";
    if (connection == 1) return head + output(1, "one ");
    return head + output(2, "two\n") + event(999999999, "end", ended("one two\n"));
  });
  const auto end = run_at(server.url());
  CHECK(end.out == "one two\n");
  CHECK(end.exit_code == 0);
  CHECK(connection == 3);
}

TEST_CASE("cli: where there are no events the end is asked for") {
  int polls = 0;
  const ScriptedServer server([&](const ScriptedRequest& request) {
    if (is_submission(request)) return submitted();
    if (is_for_events(request)) return http_answer(429, R"({"detail":"too many requests"})");
    if (polls++ == 0) return http_answer(200, R"({"status":"RUNNING"})");
    return http_answer(200, ended("late\n"));
  });
  const auto end = run_at(server.url());
  CHECK(end.out == "late\n");
  CHECK(end.exit_code == 0);
  CHECK(polls == 2);
}

TEST_CASE("cli: a server that is busy is waited for, and that is said") {
  int submissions = 0;
  const ScriptedServer server([&](const ScriptedRequest& request) {
    if (is_submission(request) && submissions++ < 2)
      return http_answer(429, R"({"detail":"the quota per minute is 3, used are 3"})",
                         "Retry-After: 0\r\n");
    if (is_submission(request)) return submitted();
    return http_answer(200, ended("x"));
  });
  const auto end = run_at(server.url(), {"--json"});
  CHECK(end.exit_code == 0);
  CHECK_THAT(end.err, contains("the quota per minute is 3, used are 3 (HTTP 429)") &&
                          contains("trying again in 0 s"));
  // Each time with the same key, so that none is run twice.
  const auto requests = server.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].headers.at("idempotency-key") == requests[2].headers.at("idempotency-key"));

  const ScriptedServer full([](const ScriptedRequest&) {
    return http_answer(503, R"({"detail":"the queue is full"})", "Retry-After: 0\r\n");
  });
  const auto given_up = run_at(full.url(), {"--quiet"});
  CHECK_THAT(complaint(given_up), contains("the queue is full (HTTP 503)"));
  CHECK(full.requests().size() == 6);

  const ScriptedServer tomorrow([](const ScriptedRequest&) {
    return http_answer(429, R"({"detail":"CPU time of today is used"})", "Retry-After: 9000\r\n");
  });
  CHECK_THAT(complaint(run_at(tomorrow.url())), contains("CPU time of today is used"));
  CHECK(tomorrow.requests().size() == 1);
}

TEST_CASE("cli: a submission whose answer a proxy lost is sent again, with its key") {
  int submissions = 0;
  const ScriptedServer server([&](const ScriptedRequest& request) {
    if (is_submission(request) && submissions++ < 2)
      return http_answer(submissions == 1 ? 504 : 502, "", "Retry-After: 0\r\n");
    if (is_submission(request)) return submitted();
    return http_answer(200, ended("x"));
  });
  CHECK(run_at(server.url(), {"--json"}).exit_code == 0);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].headers.at("idempotency-key") == requests[2].headers.at("idempotency-key"));
}

TEST_CASE("cli: a signal before a submission's answer cancels what was submitted") {
  int submissions = 0;
  std::atomic<bool> asked{false};
  const ScriptedServer server([&](const ScriptedRequest& request) -> ScriptedAnswer {
    if (is_submission(request)) {
      asked = true;
      if (submissions++ == 0) return {"", true};
      return submitted();
    }
    return http_answer(202, R"({"status":"QUEUED"})");
  });
  CliProcess client({"run", "-", "--language", "python"}, setup_for(server.url()));
  REQUIRE(await([&] { return asked.load(); }));
  client.kill(SIGTERM);
  const auto end = client.wait();
  CHECK(end.signal == SIGTERM);
  CHECK_THAT(end.err, contains("cancelling " + std::string(kId)));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].headers.at("idempotency-key") == requests[1].headers.at("idempotency-key"));
  CHECK(requests[0].body == requests[1].body);
  CHECK(requests[2].target == std::string(kExecutions) + "/" + kId + "/cancel");
}

TEST_CASE("cli: output that cannot be written ends the program, a closed one does not") {
  const ScriptedServer server([&](const ScriptedRequest& request) {
    if (is_submission(request)) return submitted();
    if (!is_for_events(request)) return http_answer(202, "{}");
    const auto stream = output(1, "one\n") + event(999999999, "end", ended("one\n"));
    return kStreamHead + ("Content-Length: " + std::to_string(stream.size())) + "\r\n\r\n" + stream;
  });
  const auto run = [&](const std::string& redirections) {
    return WEXITSTATUS(std::system(
        ("echo 'print(1)' | RUNYARD_URL=" + server.url() +
         " \"$RUNYARD_TEST_BIN/cli/runyard-cli\" run - --language python " + redirections)
            .c_str()));
  };
  CHECK(run(">/dev/full 2>/dev/null") == 125);
  REQUIRE(server.requests().size() == 3);
  CHECK(server.requests()[2].target == std::string(kExecutions) + "/" + kId + "/cancel");
  // Else the client's own pipe for signals would be its stdout and stderr.
  CHECK(run(">&- 2>&-") == 0);
  CHECK(server.requests().size() == 5);
}

TEST_CASE(
    "cli: a key that cannot be kept is ended, its certificates are kept by their whole path") {
  const ScriptedServer server([&](const ScriptedRequest& request) {
    if (request.target == "/api/v1/auth/token")
      return http_answer(200, R"({"access_token":"token"})");
    if (request.method == "DELETE") return http_answer(204, "");
    return http_answer(201, R"({"id":")" + std::string(kId) + R"(","key":"ry_made"})");
  });
  const TempDir folder;
  CliProcess::Setup setup = setup_for(server.url());
  setup.input = "secret\n";
  setup.folder = folder.path().string();
  setup.home = (folder.path() / "home").string();
  folder.write("home", "no folder");
  CHECK(run_cli({"login", "--user", "anna"}, setup).exit_code == 125);
  REQUIRE(server.requests().size() == 3);
  CHECK(server.requests()[2].method == "DELETE");
  CHECK(server.requests()[2].target == "/api/v1/auth/keys/" + std::string(kId));

  setup.home = (folder.path() / "other").string();
  CHECK(run_cli({"--ca-file", "ca.pem", "login", "--user", "anna"}, setup).exit_code == 0);
  CHECK_THAT(folder.read("other/.config/runyard/cli.conf"),
             contains("ca_file = " + (folder.path() / "ca.pem").string() + "\n"));
}

TEST_CASE("cli: plain HTTP to another machine is worth a word, whatever its name begins with") {
  const auto said = [](const std::string& url) {
    auto setup = setup_for(url);
    setup.input = "\n";  // no key: it ends before anything is sent
    return run_cli({"login", "--key"}, setup).err;
  };
  for (const char* far : {"http://localhost.evil", "http://127.0.0.1.evil:80", "http://a/[::1]"})
    CHECK_THAT(said(far), contains("is not encrypted"));
  for (const char* near :
       {"http://localhost:8080", "http://127.0.0.2", "http://[::1]:80/x", "https://localhost.evil"})
    CHECK_THAT(said(near), !contains("is not encrypted"));
}

TEST_CASE("cli: what is no Runyard, or away, or refuses, is one line") {
  const auto answer = [](int status, const std::string& body, const std::string& headers = "") {
    return ScriptedServer::Script(
        [=](const ScriptedRequest&) { return http_answer(status, body, headers); });
  };
  const ScriptedServer page(answer(200, "<html>welcome</html>"));
  CHECK_THAT(complaint(run_at(page.url())), contains("not what Runyard's API gives"));
  const ScriptedServer other(answer(404, "not here"));
  CHECK_THAT(complaint(run_at(other.url())), contains("is no Runyard, or one that is older"));
  const ScriptedServer strict(answer(401, R"({"detail":"credentials are needed"})"));
  CHECK_THAT(
      complaint(run_at(strict.url())),
      contains("asks who you are: credentials are needed: sign in with `runyard-cli login`"));
  const ScriptedServer evil(
      answer(422, R"({"errors":[{"field":"code\u001b]0;x\u0007","message":"a\nb\u009b2J"}]})"));
  CHECK_THAT(complaint(run_at(evil.url())), contains("code\\x1b]0;x\\x07: a\\nb\\x9b2J"));
  const ScriptedServer id(answer(202, R"({"execution_id":"../../auth/keys"})"));
  CHECK_THAT(complaint(run_at(id.url())), contains("has no id of an execution"));
  std::string nobody;
  {
    const ScriptedServer gone(answer(200, ""));
    nobody = gone.url();
  }
  CHECK_THAT(complaint(run_cli({"login", "--user", "x"}, setup_for(nobody))),
             contains("cannot reach " + nobody));
}

TEST_CASE("cli: a key goes to its own server alone") {
  const ScriptedServer elsewhere([](const ScriptedRequest&) { return submitted(); });
  const ScriptedServer server([&](const ScriptedRequest&) {
    return http_answer(307, "", "Location: " + elsewhere.url() + "/api/v1/executions\r\n");
  });
  auto setup = setup_for(server.url());
  setup.environment["RUNYARD_API_KEY"] = "ry_secret";
  // What a proxy would be shown in plain HTTP.
  setup.environment["http_proxy"] = elsewhere.url();
  setup.environment["all_proxy"] = elsewhere.url();
  const auto end = run_cli({"run", "-", "--language", "python"}, setup);
  CHECK_THAT(complaint(end), contains("sends on to " + elsewhere.url()) && contains("--url"));
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].headers.at("authorization") == "Bearer ry_secret");
  CHECK(elsewhere.requests().empty());
}

TEST_CASE("cli: a certificate must be trusted") {
  const auto certificate = make_certificate("IP:127.0.0.1", 1);
  const HttpReceiver receiver(&certificate);
  TempDir folder;
  folder.write("ca.pem", certificate.certificate);
  auto setup = setup_for(receiver.url(""));
  setup.environment["RUNYARD_API_KEY"] = "ry_secret";
  CHECK_THAT(complaint(run_cli({"languages"}, setup)), contains("its certificate is not trusted"));
  CHECK(receiver.requests().empty());
  const auto trusted =
      run_cli({"languages", "--ca-file", (folder.path() / "ca.pem").string()}, setup);
  REQUIRE(receiver.requests().size() > 0);
  CHECK(receiver.requests()[0].headers.at("authorization") == "Bearer ry_secret");
}

TEST_CASE("cli: the first Ctrl-C asks for an end, the second does not wait for it") {
  bool cancelled = false;
  const ScriptedServer server([&](const ScriptedRequest& request) -> ScriptedAnswer {
    if (is_submission(request)) return submitted();
    if (request.target.find("/cancel") != std::string::npos) {
      cancelled = true;
      return http_answer(202, R"({"status":"RUNNING"})");
    }
    const auto begun = cancelled ? std::string() : output(1, "begun\n");
    return {std::string(kStreamHead) + "Content-Length: 1000000\r\n\r\n" + begun, true};
  });
  CliProcess client({"run", "-", "--language", "python"}, setup_for(server.url()));
  client.await_output("begun\n");
  client.kill(SIGINT);
  client.await_errors("cancelling");
  client.kill(SIGINT);
  const auto end = client.wait();
  CHECK(end.exit_code == 130);
}

TEST_CASE("cli: artifacts of a server that means harm stay unwritten") {
  const TempDir folder;
  const ScriptedServer server([&](const ScriptedRequest& request) {
    if (is_submission(request)) return submitted();
    return http_answer(200, ended("", R"(,"artifacts":[
        {"name":"../escaped","encoding":"utf8","content":"x"},
        {"name":".bashrc","encoding":"utf8","content":"x"},
        {"name":"wanted","encoding":"utf8","content":"y"}])"));
  });
  auto setup = setup_for(server.url());
  setup.folder = folder.path().string();
  const auto end = run_cli({"run", "-", "--language", "python", "--json", "--artifact", "wanted",
                            "--artifact", "../escaped", "--artifacts", "out"},
                           setup);
  CHECK(folder.read("out/wanted") == "y");
  CHECK_FALSE(std::filesystem::exists(folder.path() / "escaped"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "out/.bashrc"));
  CHECK_THAT(end.err, contains("artifact ../escaped: leads out of the folder") &&
                          contains("artifact .bashrc: was not asked for"));
}
