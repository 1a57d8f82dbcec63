// Problems: written by their author, read and answered by everybody.
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/database_api.hpp"
#include "tests/support/stored_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kPath[] = "/api/v1/problems";
constexpr char kSeed[] = "11111111-1111-1111-1111-111111111111";

const std::string kSquare = R"j({"title":"Square","description":"n -> n*n",
  "code_template":{"python3":"n = int(input())","cpp":"int main(){}"},
  "time_limit":1.5,"memory_limit_kb":65536,"checker":"tokens",
  "tests":[{"name":"two","stdin":"2","expected_output":"4","args":["-a"],"weight":2},
           {"name":"secret name","stdin":"31","expected_output":"961","hidden":true}]})j";

std::string created(StoredApi& stack, const std::string& body = kSquare) {
  const auto answer = stack.ask("POST", kPath, body);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return text_of(answer, "problem_id");
}

std::string path_of(const std::string& id) { return std::string(kPath) + "/" + id; }

std::string submission(const std::string& problem, const std::string& more = "") {
  return R"({"language":"python","code":"1","problem_id":")" + problem + '"' +
         (more.empty() ? "" : "," + more) + "}";
}

}  // namespace

TEST_CASE("a problem is created whole, and read by its author as it was written") {
  StoredApi stack;
  const auto answer = stack.ask("POST", kPath, kSquare);
  REQUIRE(answer.status == 201);
  const auto id = text_of(answer, "problem_id");
  CHECK(*answer.header("location") == path_of(id));
  const auto created_at = text_of(answer, "created_at");
  const auto expected =
      R"({"problem_id":")" + id + R"(","title":"Square","description":"n -> n*n",)" +
      R"j("code_template":{"python3":"n = int(input())","cpp":"int main(){}"},)j" +
      R"("time_limit":1.5,"memory_limit_kb":65536,"total_limit":null,"checker":"tokens",)" +
      R"("tests":[{"name":"two",)" +
      R"("stdin":"2","expected_output":"4","args":["-a"],"weight":2.0,"hidden":false},)" +
      R"({"name":"secret name","stdin":"31","expected_output":"961","args":[],"weight":1.0,)" +
      R"("hidden":true}],"test_count":2,"hidden_test_count":1,"editable":true,)" +
      R"("created_at":")" + created_at + R"(","updated_at":")" + created_at + R"("})";
  CHECK(answer.body == expected);
  CHECK(stack.ask("GET", path_of(id)).body == expected);
}

TEST_CASE(
    "others see neither hidden tests nor the source of a checking program, and not the owner") {
  StoredApi stack;
  const auto id = created(
      stack, R"({"title":"x","checker":{"language":"python","code":"the solution"},)"
             R"("tests":[{"stdin":"shown"},{"stdin":"secret","name":"secret","hidden":true}]})");
  const auto answer = stack.ask_as("192.0.2.9", "GET", path_of(id));
  REQUIRE(answer.status == 200);
  const auto json = json::parse(answer.body);
  CHECK(json.find("tests")->array()->size() == 1);
  CHECK(*json.find("hidden_test_count")->integer() == 1);
  CHECK_FALSE(*json.find("editable")->boolean());
  for (const char* word : {"secret", "solution", "192.0.2"})
    CHECK(answer.body.find(word) == std::string::npos);
  CHECK(stack.ask("GET", path_of(id)).body.find("the solution") != std::string::npos);
}

TEST_CASE("only the author changes a problem: to others it is as if there were none") {
  StoredApi stack;
  const auto id = created(stack);
  const std::string missing = "01900000-0000-7000-8000-000000000000";
  const std::string other = "192.0.2.9";
  for (const auto& [method, body] : {std::pair<std::string, std::string>{"PUT", kSquare},
                                     {"PATCH", R"({"title":"x"})"},
                                     {"DELETE", ""}}) {
    const auto foreign = stack.ask_as(other, method, path_of(id), body);
    const auto none = stack.ask_as(other, method, path_of(missing), body);
    CHECK(foreign.status == 404);
    CHECK(foreign.body == none.body);
    CHECK(stack.ask(method, path_of("not-an-id"), body).body == none.body);
    CHECK(stack.ask_as(other, method, path_of(kSeed), body).status == 404);
  }
  CHECK(text_of(stack.ask("GET", path_of(id)), "title") == "Square");
}

TEST_CASE("PUT replaces all of a problem") {
  StoredApi stack;
  const auto id = created(stack);
  const auto answer = stack.ask("PUT", path_of(id), R"({"title":"New"})");
  REQUIRE(answer.status == 200);
  const auto json = json::parse(answer.body);
  CHECK(text_of(answer, "title") == "New");
  CHECK(text_of(answer, "description").empty());
  CHECK(json.find("code_template")->object()->empty());
  CHECK(json.find("time_limit")->number_or(0) == 10.0);
  CHECK(json.find("memory_limit_kb")->is_null());
  CHECK(text_of(answer, "checker") == "trim");
  CHECK(json.find("tests")->array()->empty());
  CHECK(fields_of(stack.ask("PUT", path_of(id), "{}")) == "title ");
}

TEST_CASE("PATCH changes what it names and takes back what it sets to null") {
  StoredApi stack;
  const auto id = created(stack);
  auto answer = stack.ask("PATCH", path_of(id),
                          R"({"time_limit":2,"code_template":{"py":"new","cpp":null}})");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  CHECK(answer.body.find(R"("code_template":{"py":"new"})") != std::string::npos);
  CHECK(answer.body.find(R"("time_limit":2.0)") != std::string::npos);
  CHECK(answer.body.find(R"("test_count":2)") != std::string::npos);
  answer = stack.ask("PATCH", path_of(id),
                     R"({"memory_limit_kb":null,"checker":null,"tests":null,"code_template":null,)"
                     R"("description":null,"time_limit":null})");
  REQUIRE(answer.status == 200);
  const auto json = json::parse(answer.body);
  CHECK(json.find("memory_limit_kb")->is_null());
  CHECK(text_of(answer, "checker") == "trim");
  CHECK(json.find("tests")->array()->empty());
  CHECK(json.find("time_limit")->number_or(0) == 10.0);
  CHECK(fields_of(stack.ask("PATCH", path_of(id), R"({"title":null})")) == "title ");
}

TEST_CASE("of two changes from the same state the second begins again") {
  StoredApi stack;
  const auto id = created(stack);
  auto mine = *stack.problems.find(id);
  REQUIRE(stack.ask("PATCH", path_of(id), R"({"title":"theirs"})").status == 200);
  mine.title = "mine";
  CHECK(stack.problems.replace(mine) == ReplaceOutcome::kChangedMeanwhile);
  mine.owner = "addr:other";
  CHECK(stack.problems.replace(mine) == ReplaceOutcome::kNotFound);
  CHECK(text_of(stack.ask("GET", path_of(id)), "title") == "theirs");
}

TEST_CASE("a deleted problem is gone, what was submitted for it stays") {
  StoredApi stack;
  const auto id = created(stack);
  const auto run = stack.ask("POST", "/api/v1/executions", submission(id));
  REQUIRE(run.status == 202);
  CHECK(stack.ask("DELETE", path_of(id)).status == 204);
  CHECK(stack.ask("GET", path_of(id)).status == 404);
  CHECK(stack.ask("DELETE", path_of(id)).status == 404);
  CHECK(stack.ask("GET", "/api/v1/executions/" + text_of(run, "execution_id")).status == 200);
}

TEST_CASE("all mistakes of a problem come at once, each with its field") {
  StoredApi stack;
  const auto answer = stack.ask(
      "POST", std::string(kPath) + "?x=1",
      R"({"title":"","description":1,"code_template":{"pythn":"","py":1,"cpp":"","c++":""},"time_limit":0,
          "memory_limit_kb":1,"checker":"nearly","tests":[{"stdin":1,"hidden":"yes","foo":1},5],"owner":"me"})");
  CHECK(answer.status == 422);
  CHECK(fields_of(answer) ==
        "title description code_template.pythn code_template.py code_template.c++ time_limit "
        "memory_limit_kb checker tests[0].stdin tests[0].hidden tests[0].foo tests[1] owner x ");
  CHECK_THAT(answer.body, test::contains("near are \\\"python\\\""));
}

TEST_CASE("limits of a problem are held to the server's") {
  StoredApi stack;
  const auto refused = [&](const std::string& member) {
    const auto answer = stack.ask("POST", kPath, R"({"title":"x",)" + member + "}");
    INFO(member << answer.body);
    CHECK(answer.status / 100 == 4);
    CHECK_FALSE(fields_of(answer).empty());
  };
  for (const char* wrong : {"0", "-1", "60.5", "1e309", "\"2\"", "true", "[]"})
    refused(std::string(R"("time_limit":)") + wrong);
  for (const char* wrong : {"0", "-1", "8191", "1048577", "9999.5", "\"9000\"", "1e9"})
    refused(std::string(R"("memory_limit_kb":)") + wrong);
  refused(R"("code_template":[])");
  refused(R"("code_template":{"python":null})");
  refused(R"("code_template":{"python":")" + std::string(51'201, 'x') + "\"}");
  refused(R"("description":")" + std::string(65'537, 'x') + '"');
  refused(R"("title2":1)");
  CHECK(stack.ask("POST", kPath, R"({"title":"a\u0000b"})").status == 400);
  CHECK(stack.ask("POST", kPath, "[]").status == 422);
  CHECK(stack.ask("POST", kPath).status == 415);
  CHECK(stack.ask("POST", kPath, R"({"title":"x","time_limit":0.0001})").status == 201);
}

TEST_CASE("the list shows everybody's problems in pages, or one's own") {
  StoredApi stack;
  std::set<std::string> all = {kSeed};
  for (int i = 0; i < 3; ++i) all.insert(created(stack));
  stack.address = "192.0.2.9";
  all.insert(created(stack, R"({"title":"theirs"})"));
  std::set<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 5; ++page) {
    const auto answer = stack.ask("GET", std::string(kPath) + "?limit=2" + cursor);
    REQUIRE(answer.status == 200);
    const auto json = json::parse(answer.body);
    for (const auto& problem : *json.find("problems")->array()) {
      seen.insert(*problem.find("problem_id")->string());
      CHECK(!problem.find("tests"));
    }
    if (json.find("next_cursor")->is_null()) break;
    cursor = "&cursor=" + text_of(answer, "next_cursor");
  }
  CHECK(seen == all);
  const auto mine = json::parse(stack.ask("GET", std::string(kPath) + "?mine=true").body);
  REQUIRE(mine.find("problems")->array()->size() == 1);
  CHECK(*mine.find("problems")->array()->at(0).find("title")->string() == "theirs");
  CHECK(fields_of(stack.ask("GET", std::string(kPath) + "?limit=0&cursor=x&mine=yes&y=")) ==
        "limit cursor mine y ");
}

TEST_CASE("an owner has at most a thousand problems") {
  StoredApi stack;
  stack.temp.sql(
      "insert into problems (id, owner, title, time_limit_ms) select gen_random_uuid(), "
      "'addr:192.0.2.1', 'x', 1 from generate_series(1, 1000)");
  CHECK(stack.ask("POST", kPath, kSquare).status == 409);
  CHECK(stack.ask_as("192.0.2.9", "POST", kPath, kSquare).status == 201);
}

TEST_CASE("all tests of a problem together have a bound: each submission takes a copy") {
  StoredApi stack;
  const auto fields = [&](std::size_t bytes) {
    const auto half = std::string(bytes, 'x');
    const auto answer =
        stack.ask("POST", kPath,
                  R"({"title":"x","tests":[{"name":"a","stdin":")" + half +
                      R"("},{"name":"b","expected_output":")" + half + R"(","args":["ab",""]}]})");
    return answer.status == 201 ? "created"
                                : std::to_string(answer.status) + ' ' + fields_of(answer);
  };
  CHECK(fields(524'288 - 3) == "created");
  CHECK(fields(524'288 - 2) == "422 tests ");
  // Also what a change makes of it.
  const auto path = path_of(created(stack));
  const auto large = R"({"tests":[{"stdin":")" + std::string(1'048'576, 'x') + R"("}]})";
  CHECK(fields_of(stack.ask("PATCH", path, large)) == "tests ");
}

TEST_CASE("the templates of a problem have a bound together") {
  StoredApi stack;
  const auto add = [&](StoredProblem& problem, int count) {
    // No catalog of these tests has so many languages.
    for (int i = 0; i < count; ++i)
      problem.code_template.emplace_back("old" + std::to_string(i), std::string(43'686, 'x'));
  };
  const auto path = path_of(created(stack));
  auto problem = *stack.problems.find(path.substr(sizeof(kPath)));
  problem.code_template.clear();
  add(problem, 5);  // 218,450 bytes with the names
  REQUIRE(stack.problems.replace(problem) == ReplaceOutcome::kReplaced);
  const auto patched = [&](std::size_t bytes) {
    return stack.ask("PATCH", path,
                     R"({"code_template":{"cpp":")" + std::string(bytes, 'x') + R"("}})");
  };
  CHECK(patched(43'691).status == 200);
  const auto refused = patched(43'692);
  CHECK(refused.status == 422);
  CHECK(fields_of(refused) == "code_template ");
}

TEST_CASE("a batch reads a problem once") {
  StoredApi stack;
  const auto id = created(stack);
  stack.temp.sql(
      "alter table problems rename to problem_rows; create sequence reads; "
      "create view problems as select * from problem_rows where nextval('reads') > 0");
  const auto reads = [&](const std::string& path, const std::string& body) {
    const auto before = std::stoi(stack.temp.sql("select nextval('reads')"));
    const auto answer = stack.ask("POST", path, body);
    REQUIRE(answer.status == 202);
    CHECK(answer.body.find("error") == std::string::npos);
    return std::stoi(stack.temp.sql("select nextval('reads')")) - before - 1;
  };
  const auto one = reads("/api/v1/executions", submission(id));
  CHECK(one > 0);
  CHECK(reads("/api/v1/executions/batch", R"({"executions":[)" + submission(id) + ',' +
                                              submission(id) + ',' + submission(id) + "]}") == one);
  CHECK(stack.temp.sql("select count(*) from executions where problem_id = '" + id + "'") == "4");
}

TEST_CASE("a list reads nothing large of the problems") {
  StoredApi stack;
  created(stack);
  // Reading one of these columns of this row divides by zero.
  stack.temp.sql(
      "alter table problems rename to problem_rows; "
      "create view problems as select id, owner, title, time_limit_ms, memory_limit_kb, "
      "total_limit_ms, test_count, hidden_count, revision, created_at, updated_at, "
      "(1 / (test_count - test_count))::text as description, "
      "(1 / (test_count - test_count))::text as code_template, "
      "(1 / (test_count - test_count))::text as checker, "
      "(1 / (test_count - test_count))::text as tests from problem_rows");
  CHECK(stack.ask("GET", kPath).status == 200);
  ProblemFilter filter;
  const auto listed = stack.problems.list(filter);
  REQUIRE(listed.size() == 2);  // the seeded one first: its id is the highest
  CHECK(listed[1].title == "Square");
  CHECK(listed[1].owner == "addr:192.0.2.1");
  CHECK(listed[1].time_limit_ms == 1500);
  CHECK(listed[1].memory_limit_kb == 65536);
  CHECK(listed[1].test_count == 2);
  CHECK(listed[1].hidden_count == 1);
}

TEST_CASE("the list of questions has the newest 50, and each in short") {
  DatabaseApi stack;
  const auto made = stack.ask("ada", "POST", kPath, kSquare);
  REQUIRE(made.status == 201);
  const auto answer = stack.ask("ada", "GET", "/v1/questions");
  const auto entry = R"({"id":")" + text_of(made, "problem_id") +
                     R"(","title":"Square","time_limit":1.5,"total_count":2,"created_at":")" +
                     text_of(made, "created_at") + R"("})";
  CHECK(answer.body.find("," + entry + "]") != std::string::npos);  // after the seeded one
  stack.base.sql(
      "insert into problems (id, owner, title, time_limit_ms) select gen_random_uuid(), 'x', 'x', "
      "1 from generate_series(1, 60)");
  CHECK(json::parse(stack.ask("ada", "GET", "/v1/questions").body).array()->size() == 50);
}

TEST_CASE("the seeded problem is as its document has it") {
  StoredApi stack;
  const auto answer = stack.ask("GET", path_of(kSeed));
  REQUIRE(answer.status == 200);
  CHECK(text_of(answer, "title") == "Test Problem");
  CHECK(answer.body.find(R"j("code_template":{"python":"print(\"Start\")"},"time_limit":2.0)j") !=
        std::string::npos);
}

TEST_CASE("a submission to a problem is run with its tests, checker and limits") {
  StoredApi stack;
  const auto id = created(stack);
  stack.address = "192.0.2.9";
  const auto answer = stack.ask("POST", "/api/v1/executions", submission(id));
  REQUIRE(answer.status == 202);
  const auto execution = text_of(answer, "execution_id");
  const auto stored = *stack.store.find_submission(execution, "addr:192.0.2.9");
  CHECK(stored.limits.wall_ms == 1500);
  CHECK(stored.limits.cpu_ms == 1500);
  CHECK(stored.limits.memory_kb == 65536);
  CHECK(stored.checker.kind == CheckerKind::kTokens);
  REQUIRE(stored.tests.size() == 2);
  CHECK(stored.tests[0].name == "two");
  CHECK(stored.tests[0].stdin_data == "2");
  CHECK(stored.tests[0].args == std::vector<std::string>{"-a"});
  CHECK(stored.tests[0].weight == 2);
  CHECK_FALSE(stored.tests[0].hidden);
  CHECK(stored.tests[1].hidden);
  CHECK(stored.tests[1].name == "hidden 1");
  CHECK(stored.tests[1].stdin_data == "31");
  CHECK(stack.store.find(execution, "addr:192.0.2.9")->problem_id == id);
  CHECK(text_of(stack.ask("GET", "/api/v1/executions/" + execution), "problem_id") == id);
}

TEST_CASE("to its author a problem hides nothing") {
  StoredApi stack;
  const auto answer = stack.ask("POST", "/api/v1/executions", submission(created(stack)));
  const auto stored =
      *stack.store.find_submission(text_of(answer, "execution_id"), "addr:192.0.2.1");
  REQUIRE(stored.tests.size() == 2);
  CHECK_FALSE(stored.tests[1].hidden);
  CHECK(stored.tests[1].name == "secret name");
}

TEST_CASE("a submission to a problem may ask for less, and brings no tests of its own") {
  StoredApi stack;
  const auto id = created(stack);
  const auto fields = [&](const std::string& more) {
    const auto answer = stack.ask("POST", "/api/v1/executions", submission(id, more));
    return answer.status == 202 ? "accepted" : fields_of(answer);
  };
  CHECK(fields(R"("limits":{"wall_ms":1000,"memory_kb":32768})") == "accepted");
  CHECK(fields(R"("limits":{"wall_ms":1501,"cpu_ms":1501,"memory_kb":65537})") ==
        "limits.wall_ms limits.cpu_ms limits.memory_kb ");
  CHECK(fields(R"("tests":[])") == "tests ");
  CHECK(fields(R"("checker":"exact")") == "checker ");
  CHECK(fields(R"("stdin":"x")") == "stdin ");
  CHECK(fields(R"("stop_on_failure":true)") == "accepted");
}

TEST_CASE("a problem that is not there is a mistake of the submission") {
  StoredApi stack;
  const auto fields = [&](const std::string& id) {
    return fields_of(stack.ask("POST", "/api/v1/executions", submission(id)));
  };
  CHECK(fields("01900000-0000-7000-8000-000000000000") == "problem_id ");
  CHECK(fields("' or 1=1 --") == "problem_id ");
  CHECK(fields("") == "problem_id ");
}

TEST_CASE("an author asks for the time of a whole execution, up to the operator's most") {
  StoredApi stack;
  const auto id = created(stack, R"({"title":"Long","total_limit":1800.5})");
  const auto limit = [&] {
    return json::parse(stack.ask("GET", path_of(id)).body).find("total_limit")->number_or(-1);
  };
  CHECK(limit() == Approx(1800.5));
  for (const std::string wrong : {"0", "-1", "3600.1", "\"10\"", "true"})
    CHECK(stack.ask("PATCH", path_of(id), R"({"total_limit":)" + wrong + "}").status == 422);
  CHECK(stack.ask("PATCH", path_of(id), R"({"total_limit":3600})").status == 200);
  CHECK(limit() == Approx(3600));
  CHECK(stack.ask("PATCH", path_of(id), R"({"title":"Longer"})").status == 200);
  CHECK(limit() == Approx(3600));
  CHECK(stack.ask("PATCH", path_of(id), R"({"total_limit":null})").status == 200);
  CHECK(limit() == -1);
}
