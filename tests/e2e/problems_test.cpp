// Problems and their submissions through the whole stack.
#include "tests/support/catch.hpp"
#include "tests/support/ended.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kProblems[] = "/api/v1/problems";

/// n squared, with a hidden test that `print(2 * n)` does not pass.
const std::string kSquare =
    R"({"title":"Square","time_limit":10,"memory_limit_kb":65536,"tests":[)"
    R"({"name":"two","stdin":"2\n","expected_output":"4\n"},)"
    R"({"name":"big","stdin":"31\n","expected_output":"961\n","weight":3,"hidden":true}]})";

std::string created(const std::string& body = kSquare) {
  HttpClient author(test_url(), kOwner);
  const auto answer = author.post(kProblems, body);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return text_at(answer.json(), "problem_id");
}

Ended solve(const std::string& problem, const std::string& code, const std::string& caller) {
  return run("python", code, R"("problem_id":")" + problem + '"', caller);
}

}  // namespace

TEST_CASE("a solution passes all tests of a problem, hidden ones included") {
  const auto problem = created();
  const auto ended = solve(problem, "print(int(input()) ** 2)", kOtherOwner);
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPLETED");
  CHECK(ended.at("score")->number_or(0) == 1.0);
  CHECK(ended.text_below("tests.0.name") == "two");
  CHECK(ended.text_below("tests.0.verdict") == "PASSED");
  CHECK(ended.text_below("tests.0.stdout") == "4\n");
  CHECK(ended.text_below("tests.1.name") == "hidden 1");
  CHECK(ended.text_below("tests.1.verdict") == "PASSED");
  CHECK(ended.text_below("tests.1.stdout").empty());
  CHECK(ended.text("problem_id") == problem);
}

TEST_CASE("what a program learns of a hidden test cannot be read back from its execution") {
  const auto problem = created();
  const std::string spy =
      "import sys\nn = input()\nprint(n)\nprint('seen', n, file=sys.stderr)\n"
      "open('seen', 'w').write(n)\nsys.exit(int(n) % 250 if n != '2' else 0)";
  const auto seen = solve(problem, "print(4 if input() == '2' else 0); print(5)", kOtherOwner);
  CHECK(seen.verdict() == "WRONG_ANSWER");
  const auto ended = solve(problem,
                           "n = input()\nif n == '2': print(4)\nelse:\n" +
                               std::string("  import sys; print('seen', n); print(n, "
                                           "file=sys.stderr); sys.exit(31)"),
                           kOtherOwner);
  INFO(ended.shown());
  CHECK(ended.verdict() == "RUNTIME_ERROR");
  CHECK(ended.at("score")->number_or(0) == 0.25);
  CHECK(ended.text("stdout").empty());
  CHECK(ended.text("stderr").empty());
  CHECK(ended.at("exit_code")->is_null());
  CHECK(ended.text_below("tests.1.verdict") == "RUNTIME_ERROR");
  for (const char* word : {"seen", "\"31\"", "exit code 31"})
    CHECK(ended.shown().find(word) == std::string::npos);
  // Its author sees all of it.
  const auto own = solve(problem, spy, kOwner);
  CHECK(own.text_below("tests.1.name") == "big");
  CHECK(own.text_below("tests.1.stdout") == "31\n");
}

TEST_CASE("a problem's time limit holds its submissions") {
  const auto problem =
      created(R"({"title":"Fast","time_limit":0.5,"tests":[{"stdin":"","expected_output":""}]})");
  const auto ended = solve(problem, "import time; time.sleep(5)", kOtherOwner);
  CHECK(ended.text("status") == "TIMEOUT");
  CHECK_THAT(ended.text("message"), contains("500 ms"));
}

TEST_CASE("a problem's checking program decides, and says nothing of hidden tests") {
  const auto problem = created(
      R"({"title":"Even","checker":{"language":"python","code":)"
      R"j("import sys\nout = open(sys.argv[2]).read()\nif int(out) % 2: sys.exit('odd ' + out)"},)j"
      R"("tests":[{"stdin":"1"},{"stdin":"7777777","hidden":true}]})");
  const auto ended = solve(problem, "print(input())", kOtherOwner);
  INFO(ended.shown());
  CHECK_THAT(ended.text_below("tests.0.message"), contains("the checker refused it"));
  CHECK(ended.text_below("tests.1.verdict") == "WRONG_ANSWER");
  CHECK(ended.shown().find("7777777") == std::string::npos);
}

TEST_CASE("problems through Nginx: written by one, read by all, changed by none but the author") {
  HttpClient author(test_url(), kOwner);
  HttpClient other(test_url(), kOtherOwner);
  const auto id = created();
  const auto path = std::string(kProblems) + "/" + id;
  const HttpClient::Headers json = {"Content-Type: application/json"};
  CHECK(other.get(path).status == 200);
  CHECK(other.get(path).body.find("961") == std::string::npos);
  CHECK(author.get(path).body.find("961") != std::string::npos);
  CHECK(other.send("PUT", path, kSquare, json).status == 404);
  CHECK(other.send("PATCH", path, R"({"title":"x"})", json).status == 404);
  CHECK(other.send("DELETE", path).status == 404);
  CHECK(text_at(author.send("PATCH", path, R"({"title":"Power"})", json).json(), "title") ==
        "Power");
  CHECK(author.send("PUT", path, kSquare, json).status == 200);
  CHECK(author.get(std::string(kProblems) + "?mine=true&limit=1")
            .json()
            .find("problems")
            ->array()
            ->size() == 1);
  CHECK(author.send("DELETE", path).status == 204);
  CHECK(other.get(path).status == 404);
  CHECK(text_at(other.get(std::string(kProblems) + "/11111111-1111-1111-1111-111111111111").json(),
                "title") == "Test Problem");
}
