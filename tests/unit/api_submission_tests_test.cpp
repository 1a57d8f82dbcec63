// The part of a submission that grades: tests and checker.
#include "fcgi-app/submission_parser.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

ParsedSubmission with(const std::string& members) {
  static const auto catalog = test::small_catalog();
  return parse_submission(json::parse(R"({"language":"python","code":"x",)" + members + "}"),
                          catalog, nullptr, SubmissionRules{});
}

std::string message(const ParsedSubmission& parsed, const std::string& field) {
  for (const auto& error : parsed.errors.fields())
    if (error.field == field) return error.message;
  return {};
}

}  // namespace

TEST_CASE("tests arrive with their defaults") {
  const auto parsed = with(R"("tests":[{}, {"name":"n","stdin":"i","expected_output":"o",
                              "args":["a"],"weight":2.5}],"stop_on_failure":true,"checker":"exact")");
  REQUIRE(parsed.errors.empty());
  const auto& tests = parsed.submission.tests;
  REQUIRE(tests.size() == 2);
  CHECK(tests[0].name == "1");
  CHECK_FALSE(tests[0].expected_output);
  CHECK(tests[0].weight == 1);
  CHECK(tests[1].name == "n");
  CHECK(tests[1].expected_output == "o");
  CHECK(tests[1].weight == 2.5);
  CHECK(parsed.submission.checker.kind == CheckerKind::kExact);
}

TEST_CASE("each field of a test refuses what it cannot be") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"weight":0})", "tests[0].weight"},
      {R"({"weight":-1})", "tests[0].weight"},
      {R"({"weight":1e7})", "tests[0].weight"},
      {R"({"weight":"1"})", "tests[0].weight"},
      {R"({"name":1})", "tests[0].name"},
      {R"({"name":"\u0000"})", "tests[0].name"},
      {R"({"stdin":[]})", "tests[0].stdin"},
      {R"({"expected_output":1})", "tests[0].expected_output"},
      {R"({"args":"a"})", "tests[0].args"},
      {R"({"args":[null]})", "tests[0].args[0]"},
      {R"({"expected":"x"})", "tests[0].expected"},
      {R"("x")", "tests[0]"},
  };
  for (const auto& [test, field] : cases) {
    INFO(test);
    CHECK_FALSE(message(with(std::string("\"tests\":[") + test + "]"), field).empty());
  }
}

TEST_CASE("a thousand tests are the most") {
  const auto many = [](int count) {
    std::string tests = "{}";
    for (int i = 1; i < count; ++i) tests += ",{}";
    return with("\"tests\":[" + tests + "]");
  };
  CHECK(many(1000).errors.empty());
  CHECK_THAT(message(many(1001), "tests"), test::contains("at most 1000"));
}

TEST_CASE("input beside tests is refused, since it would be unclear who reads it") {
  CHECK_FALSE(message(with(R"("stdin":"x","tests":[{}])"), "stdin").empty());
  CHECK(with(R"("stdin":"","tests":[{}])").errors.empty());
}

TEST_CASE("arguments and environment of all tests together are bounded") {
  std::string tests = "{}";
  for (int i = 1; i < 1000; ++i) tests += ",{}";
  const auto parsed =
      with("\"args\":[\"" + std::string(1000, 'a') + "\"],\"tests\":[" + tests + "]");
  CHECK_THAT(message(parsed, "tests"), test::contains("args and env"));
}

TEST_CASE("a checker is a name or an object") {
  CHECK(with(R"("checker":"unordered_lines")").submission.checker.kind ==
        CheckerKind::kUnorderedLines);
  const auto parsed = with(R"("checker":{"kind":"float","tolerance":0.5})");
  CHECK(parsed.errors.empty());
  CHECK(parsed.submission.checker.tolerance == 0.5);
  const auto program = with(R"("checker":{"language":"py","code":"pass"
})");
  CHECK(program.errors.empty());
  CHECK(program.submission.checker.kind == CheckerKind::kProgram);
  CHECK(program.submission.checker.language == "python");
}

TEST_CASE("a checker that cannot be is refused") {
  const std::pair<const char*, const char*> cases[] = {
      {R"("fuzzy")", "checker"},
      {R"("program")", "checker"},
      {R"({})", "checker.kind"},
      {R"({"kind":"fuzzy"})", "checker.kind"},
      {R"({"kind":"float","tolerance":-1})", "checker.tolerance"},
      {R"({"kind":"float","tolerance":"1"})", "checker.tolerance"},
      {R"({"kind":"exact","tolerance":1})", "checker.tolerance"},
      {R"({"kind":"program"})", "checker.code"},
      {R"({"language":"nope","code":""})", "checker.language"},
      {R"({"kind":"trim","code":"x"})", "checker.code"},
      {R"([])", "checker"},
  };
  for (const auto& [checker, field] : cases) {
    INFO(checker);
    CHECK_FALSE(message(with(std::string("\"checker\":") + checker), field).empty());
  }
}

TEST_CASE("arguments count as they are sent: escapes in full, and empty ones too") {
  const auto tests = [](const std::string& args, int count) {
    std::string all;
    for (int i = 0; i < count; ++i)
      all += std::string(i > 0 ? "," : "") + "{\"args\":[" + args + "]}";
    return with("\"tests\":[" + all + "]");
  };
  std::string control;
  for (int i = 0; i < 500; ++i) control += "\\u0001";
  CHECK_THAT(message(tests('"' + control + '"', 200), "tests"), test::contains("args and env"));
  std::string empty = "\"\"";
  for (int i = 1; i < 2600; ++i) empty += ",\"\"";
  CHECK_THAT(message(tests(empty, 100), "tests"), test::contains("args and env"));
  CHECK(tests(empty, 10).errors.empty());
}
