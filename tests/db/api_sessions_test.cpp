// Code sessions, in the words of their document.
#include <future>

#include "tests/support/catch.hpp"
#include "tests/support/stored_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kPath[] = "/api/v1/code-sessions";
const std::string kSeed = "11111111-1111-1111-1111-111111111111";
const std::string kMissing = "01900000-0000-7000-8000-000000000000";
const std::string kBody =
    R"({"user_id":1,"problem_id":"11111111-1111-1111-1111-111111111111","language":"python"})";

std::string created(StoredApi& stack, const std::string& body = kBody) {
  const auto answer = stack.ask("POST", kPath, body);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return text_of(answer, "session_id");
}

std::string path_of(const std::string& id) { return std::string(kPath) + "/" + id; }

/// The answer's `errors` as JSON text.
std::string errors_of(const Response& response) {
  const auto json = json::parse(response.body);
  const auto* errors = json.find("errors");
  if (!errors) return {};
  json::Writer writer;
  writer.value(*errors);
  return writer.text();
}

std::string started(StoredApi& stack, const std::string& session, const std::string& body = "") {
  const auto answer = stack.ask("POST", path_of(session) + "/run", body);
  INFO(answer.body);
  REQUIRE(answer.status == 202);
  return text_of(answer, "execution_id");
}

std::string shown(StoredApi& stack, const std::string& execution, const std::string& query = "") {
  return stack.ask("GET", "/api/v1/executions/" + execution + query).body;
}

}  // namespace

TEST_CASE(
    "a session is created active, with the problem's template in the language as it was named") {
  StoredApi stack;
  const auto answer = stack.ask("POST", kPath, kBody);
  REQUIRE(answer.status == 201);
  const auto id = text_of(answer, "session_id");
  CHECK(is_uuid(id));
  CHECK(answer.body == R"({"session_id":")" + id + R"(","status":"ACTIVE"})");
  const auto session = stack.ask("GET", path_of(id));
  CHECK(session.status == 200);
  CHECK(text_of(session, "code") == "print(\"Start\")");
  CHECK(text_of(session, "language") == "python");
  CHECK(text_of(session, "problem_id") == kSeed);
  CHECK(*json::parse(session.body).find("user_id")->integer() == 1);

  const auto alias =
      created(stack, R"({"user_id":1,"problem_id":")" + kSeed + R"(","language":"Python3"})");
  CHECK(text_of(stack.ask("GET", path_of(alias)), "language") == "Python3");
  CHECK(text_of(stack.ask("GET", path_of(alias)), "code") == "print(\"Start\")");
  const auto other =
      created(stack, R"({"user_id":1,"problem_id":")" + kSeed + R"(","language":"cpp"})");
  CHECK(text_of(stack.ask("GET", path_of(other)), "code").empty());
}

TEST_CASE("a session is resumed when one is active for the same user, problem and language") {
  StoredApi stack;
  const auto id = created(stack);
  REQUIRE(stack.ask("PATCH", path_of(id), R"j({"code":"print(2)"})j").status == 200);
  const std::string body =
      R"({"user_id":1,"problem_id":")" + kSeed + R"(","resume":true,"language":)";
  const auto answer = stack.ask("POST", kPath, body + "\"python\"}");
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"session_id":")" + id +
                           R"j(","status":"ACTIVE","language":"python","code":"print(2)"})j");
  CHECK(stack.ask("POST", kPath, body + "\"cpp\"}").status == 201);
  CHECK(stack.ask_as("192.0.2.9", "POST", kPath, body + "\"python\"}").status == 201);
  CHECK(stack.ask("POST", kPath, kBody).status == 201);  // not asked to resume
}

TEST_CASE("an owner has at most a thousand sessions") {
  StoredApi stack;
  const auto last = created(stack);
  stack.temp.sql(
      "insert into code_sessions (id, owner, language) select gen_random_uuid(), "
      "'addr:192.0.2.1', 'python' from generate_series(1, 999)");
  const auto answer = stack.ask("POST", kPath, kBody);
  CHECK(answer.status == 409);
  CHECK(text_of(answer, "message") ==
        "you have 1000 code sessions, which is the most: delete one first");
  CHECK(stack.ask_as("192.0.2.9", "POST", kPath, kBody).status == 201);
  // What is there can be gone on with, and room be made.
  CHECK(stack.ask("POST", kPath, kBody.substr(0, kBody.size() - 1) + R"(,"resume":true})").status ==
        200);
  CHECK(stack.ask("DELETE", path_of(last)).status == 204);
  created(stack);
}

TEST_CASE("what is missing or wrong is said in sentences, by field") {
  StoredApi stack;
  auto answer = stack.ask("POST", kPath, "{}");
  CHECK(answer.status == 422);
  CHECK(*answer.header("content-type") == "application/problem+json");
  CHECK(text_of(answer, "message") == "The user id field is required. (and 2 more errors)");
  CHECK(errors_of(answer) == R"({"user_id":["The user id field is required."],)"
                             R"("problem_id":["The problem id field is required."],)"
                             R"("language":["The language field is required."]})");
  answer = stack.ask("POST", kPath,
                     R"({"user_id":99,"problem_id":")" + kMissing + R"(","language":"python"})");
  CHECK(answer.status == 422);
  CHECK(errors_of(answer) == R"({"user_id":["The selected user id is invalid."],)"
                             R"("problem_id":["The selected problem id is invalid."]})");
  answer = stack.ask("POST", kPath, R"({"user_id":1,"problem_id":"x","language":"pythn","a":1})");
  CHECK(
      errors_of(answer) ==
      R"({"problem_id":["The selected problem id is invalid."],"language":["The selected language is )"
      R"(invalid: \"pythn\" is not a known language; near are \"python\" and \"cpp\"."],)"
      R"("a":["The a field is not a known field."]})");
  answer = stack.ask("POST", kPath, R"({"user_id":"1","problem_id":1,"language":[],"resume":1})");
  CHECK(answer.status == 422);
  CHECK(errors_of(answer) == R"({"user_id":["The user id field must be an integer."],)"
                             R"("problem_id":["The problem id field must be a string."],)"
                             R"("language":["The language field must be a string."],)"
                             R"("resume":["The resume field must be true or false."]})");
  answer = stack.ask("POST", kPath, "{");
  CHECK(answer.status == 400);
  CHECK_FALSE(text_of(answer, "message").empty());
  answer = stack.ask("PATCH", path_of(created(stack)), "{}");
  CHECK(answer.status == 422);
  CHECK(text_of(answer, "message") == "The code field is required.");
  CHECK(errors_of(answer) == R"({"code":["The code field is required."]})");
  CHECK(text_of(stack.ask("POST", path_of(created(stack)) + "/run", R"({"code":""})"), "message") ==
        "The code field is required.");
}

TEST_CASE("a registered caller's sessions are his own, and nobody else names him") {
  StoredApi stack;
  const auto user = stack.temp.sql(
      "insert into users (username, email, password_hash) values ('ada', 'ada@example.com', "
      "'$y$') "
      "returning id");
  CHECK(user == "2");
  const std::string rest = R"("problem_id":")" + kSeed + R"(","language":"python"})";
  CHECK(stack.ask("POST", kPath, R"({"user_id":2,)" + rest).status == 422);
  stack.authenticator.account = 2;
  const auto id = created(stack, "{" + rest);
  CHECK(*json::parse(stack.ask("GET", path_of(id)).body).find("user_id")->integer() == 2);
  CHECK(stack.ask("POST", kPath, R"({"user_id":2,)" + rest).status == 201);
  CHECK(errors_of(stack.ask("POST", kPath, R"({"user_id":1,)" + rest)) ==
        R"({"user_id":["The selected user id is invalid."]})");
}

TEST_CASE("code and language of a session are changed") {
  StoredApi stack;
  const auto id = created(stack);
  const auto answer = stack.ask("PATCH", path_of(id), R"j({"code":"print(1)"})j");
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"session_id":")" + id + R"(","status":"ACTIVE"})");
  CHECK(stack.ask("PATCH", path_of(id), R"({"language":"c++"})").status == 200);
  CHECK(text_of(stack.ask("GET", path_of(id)), "code") == "print(1)");
  CHECK(text_of(stack.ask("GET", path_of(id)), "language") == "c++");
  CHECK(stack.ask("PATCH", path_of(id), R"({"language":"nope","code":5,"x":1})").status == 422);
  CHECK(stack.ask("DELETE", path_of(id)).status == 204);
  CHECK(stack.ask("GET", path_of(id)).status == 404);
}

TEST_CASE("another's session is none, in the words of the document") {
  StoredApi stack;
  const auto id = created(stack);
  stack.address = "192.0.2.9";
  const auto message = "No query results for model [App\\Models\\CodeSession] ";
  for (const auto& [method, path, body] : {std::array<std::string, 3>{"GET", "", ""},
                                           {"PATCH", "", R"({"code":"1"})"},
                                           {"DELETE", "", ""},
                                           {"POST", "/run", ""}}) {
    for (const auto& which : {id, kMissing, std::string("not-an-id")}) {
      const auto answer = stack.ask(method, path_of(which) + path, body);
      CHECK(answer.status == 404);
      CHECK(text_of(answer, "message") == message + which);
      CHECK(text_of(answer, "title") == "Not Found");
    }
  }
  CHECK(stack.ask("GET", path_of(id))
            .body.find(R"("message":"No query results for model [App\\Models\\CodeSession] )" +
                       id) != std::string::npos);
}

TEST_CASE("a run is accepted, and its execution answers five members in their order") {
  StoredApi stack;
  const auto id = created(stack);
  const auto answer = stack.ask("POST", path_of(id) + "/run", R"j({"code":"print(\"Hello\")"})j");
  REQUIRE(answer.status == 202);
  const auto execution = text_of(answer, "execution_id");
  CHECK(answer.body == R"({"execution_id":")" + execution + R"(","status":"QUEUED"})");
  CHECK(shown(stack, execution) ==
        R"({"execution_id":")" + execution +
            R"(","status":"QUEUED","stdout":null,"stderr":null,"execution_time":null})");
  stack.finish(completed("Hello\n"));
  CHECK(shown(stack, execution) ==
        R"({"execution_id":")" + execution +
            R"(","status":"COMPLETED","stdout":"Hello\n","stderr":"","execution_time":7})");
  const auto whole = json::parse(shown(stack, execution, "?view=full"));
  CHECK(*whole.find("language")->string() == "python");
  CHECK(*whole.find("session_id")->string() == id);
  CHECK(*whole.find("problem_id")->string() == kSeed);
  CHECK(stack.ask("GET", "/api/v1/executions/" + execution + "?view=x").status == 422);
  // The code that was run is the session's from then on, and is run again without a body.
  CHECK(text_of(stack.ask("GET", path_of(id)), "code") == "print(\"Hello\")");
  const auto again = started(stack, id);
  CHECK(stack.store.find_submission(again, "addr:192.0.2.1")->files[0].content ==
        "print(\"Hello\")");
  CHECK(json::parse(stack.ask("GET", "/api/v1/executions?session_id=" + id).body)
            .find("executions")
            ->array()
            ->size() == 2);
  CHECK(stack.temp.sql("select count(*) from code_executions where code_session_id = '" + id +
                       "' and user_id = 1") == "2");
}

TEST_CASE("a session without code has nothing to run") {
  StoredApi stack;
  const auto id =
      created(stack, R"({"user_id":1,"problem_id":")" + kSeed + R"(","language":"cpp"})");
  const auto answer = stack.ask("POST", path_of(id) + "/run");
  CHECK(answer.status == 422);
  CHECK(errors_of(answer) == R"({"code":["The code field is required."]})");
  CHECK(stack.ask("POST", path_of(id) + "/run", R"({"code":1,"x":1})").status == 422);
  CHECK(stack.ask("POST", path_of(id) + "/run?x=1").status == 422);
}

TEST_CASE("a run has ten seconds, whatever its problem's limit is") {
  StoredApi stack;
  const auto execution = started(stack, created(stack));
  const auto stored = *stack.store.find_submission(execution, "addr:192.0.2.1");
  CHECK(stored.limits.wall_ms == 10'000);
  CHECK(stored.limits.cpu_ms == 10'000);
  CHECK(stored.tests.empty());
}

TEST_CASE("while a run is active the next one is a conflict that names it") {
  StoredApi stack;
  const auto id = created(stack);
  const auto execution = started(stack, id);
  const auto conflict =
      R"({"execution_id":")" + execution +
      R"(","status":"QUEUED","message":"An execution of this session is already active."})";
  auto answer = stack.ask("POST", path_of(id) + "/run");
  CHECK(answer.status == 409);
  CHECK(answer.body == conflict);
  WorkQueue queue(stack.database, new_uuid7());
  const auto claim = queue.turn({}, 1, {"python"}).claims.at(0);
  answer = stack.ask("POST", path_of(id) + "/run");
  CHECK(answer.status == 409);
  CHECK(text_of(answer, "status") == "RUNNING");
  queue.turn({{claim.id, claim.attempt, completed("")}}, 0, {});
  const auto next = started(stack, id);
  CHECK(next != execution);
  // Cancelled and deleted, it is over as well.
  CHECK(stack.ask("POST", "/api/v1/executions/" + next + "/cancel").status == 202);
  CHECK(stack.ask("DELETE", "/api/v1/executions/" + next).status == 204);
  started(stack, id);
  started(stack, created(stack));  // of another session
}

TEST_CASE("of runs at the same moment one is let in") {
  StoredApi stack;
  const auto id = created(stack);
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 8; ++i)
    answers.push_back(std::async(std::launch::async,
                                 [&] { return stack.ask("POST", path_of(id) + "/run").status; }));
  int accepted = 0;
  int conflicts = 0;
  for (auto& answer : answers) {
    const int status = answer.get();
    accepted += status == 202;
    conflicts += status == 409;
  }
  CHECK(accepted == 1);
  CHECK(conflicts == 7);
  CHECK(stack.temp.sql("select count(*) from executions") == "1");
}

TEST_CASE(
    "the eleventh run of a minute is asked to come back, and one that was not taken does not "
    "count") {
  StoredApi stack;
  const auto id = created(stack);
  for (int i = 0; i < 10; ++i) {
    started(stack, id);
    stack.finish(completed(""));
  }
  const auto answer = stack.ask("POST", path_of(id) + "/run");
  CHECK(answer.status == 429);
  const int wait = std::stoi(*answer.header("retry-after"));
  CHECK(wait >= 1);
  CHECK(wait <= 60);
  CHECK_THAT(text_of(answer, "message"), test::contains("Too Many Attempts"));
  CHECK(stack.temp.sql("select cardinality(recent_runs) from code_sessions") == "10");
  // A minute after the first of them.
  stack.temp.sql("update code_sessions set recent_runs[1] = now() - interval '61 s'");
  started(stack, id);
  stack.finish(completed(""));
  CHECK(stack.ask("POST", path_of(id) + "/run").status == 429);
  CHECK(stack.temp.sql("select cardinality(recent_runs) from code_sessions") == "10");
}

TEST_CASE("a run that was let in and never submitted blocks the session for half a minute only") {
  StoredApi stack;
  const auto id = created(stack);
  const auto lost = new_uuid7();
  auto outcome = stack.sessions.begin_run(id, "addr:192.0.2.1", lost, std::nullopt);
  REQUIRE(std::holds_alternative<RunBegun>(outcome));
  CHECK(text_of(stack.ask("POST", path_of(id) + "/run"), "execution_id") == lost);
  stack.temp.sql("update code_sessions set begun_at = now() - interval '31 s'");
  started(stack, id);
  stack.finish(completed(""));
  // The same try again, after its answer was lost, is let in; one that was refused leaves no
  // trace.
  const auto refused = new_uuid7();
  for (int i = 0; i < 2; ++i)
    CHECK(std::holds_alternative<RunBegun>(
        stack.sessions.begin_run(id, "addr:192.0.2.1", refused, std::nullopt)));
  stack.sessions.forget_run(id, refused);
  CHECK(stack.temp.sql("select cardinality(recent_runs) from code_sessions") == "2");
  started(stack, id);
}

TEST_CASE("a run that the queue does not take counts for nothing") {
  StoredApi stack;
  const auto id = created(stack);
  const FleetMonitor full(
      [](std::int64_t) {
        return Fleet{1, {"python"}, 100};
      },
      100, std::chrono::hours(1));
  ApiContext context{stack.authenticator, stack.executions, stack.catalog, full, stack.waiters, {}};
  context.sessions = &stack.sessions;
  auto usual = std::exchange(stack.api, std::make_unique<Api>(context));
  for (int i = 0; i < 12; ++i) {
    const auto refused = stack.ask("POST", path_of(id) + "/run");
    CHECK(refused.status == 503);
    CHECK(refused.header("retry-after"));
    CHECK_FALSE(text_of(refused, "message").empty());
  }
  stack.api = std::move(usual);
  started(stack, id);
}
