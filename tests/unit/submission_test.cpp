#include "core/submission.hpp"

#include "core/json.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

const std::string kBytes("a\0\xff\n\"", 5);

Submission full() {
  Submission s;
  s.language = "cpp";
  s.version = "14";
  s.files = {{"main.cpp", "int main() {}\n"}, {"data/\xc3\xa9.bin", kBytes}, {"empty", ""}};
  s.entry = "main.cpp";
  s.stdin_data = kBytes;
  s.args = {"", "a b", "\xf0\x9f\x9a\x80", "--"};
  s.env = {{"A", "1"}, {"B", ""}};
  s.compile_args = {"-O2"};
  std::int64_t value = 100;
  for (const auto& field : kLimitFields) s.limits.*field.member = ++value;
  s.limits.total_ms = ++value;
  s.tests = {{"one", kBytes, kBytes, {"x"}, 2.5},
             {"two", "", std::nullopt, {}, 1},
             {"three", "", "", {}, 0.1}};
  s.checker = {CheckerKind::kFloat, 1e-9, "python", "print()"};
  s.stop_on_failure = true;
  s.artifacts = {"out.txt"};
  s.isolation = Isolation::kFresh;
  s.isolation_key = "exam";
  s.priority = Priority::kHigh;
  s.project_id = "p-1";
  s.live = LiveRun{true, 132, 43};
  return s;
}

}  // namespace

TEST_CASE("a submission comes back from JSON as it went in") {
  const auto s = full();
  const auto t = submission_from_json(to_json(s));
  CHECK(t.language == s.language);
  CHECK(t.version == s.version);
  REQUIRE(t.files.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(t.files[i].name == s.files[i].name);
    CHECK(t.files[i].content == s.files[i].content);
  }
  CHECK(t.entry == s.entry);
  REQUIRE(t.live);
  CHECK(t.live->tty);
  CHECK(t.live->cols == 132);
  CHECK(t.live->rows == 43);
  CHECK(t.stdin_data == kBytes);
  CHECK(t.args == s.args);
  CHECK(t.env == s.env);
  CHECK(t.compile_args == s.compile_args);
  for (const auto& field : kLimitFields) CHECK(t.limits.*field.member == s.limits.*field.member);
  CHECK(t.limits.total_ms == s.limits.total_ms);
  REQUIRE(t.tests.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(t.tests[i].name == s.tests[i].name);
    CHECK(t.tests[i].stdin_data == s.tests[i].stdin_data);
    CHECK(t.tests[i].expected_output == s.tests[i].expected_output);
    CHECK(t.tests[i].args == s.tests[i].args);
    CHECK(t.tests[i].weight == s.tests[i].weight);
  }
  CHECK(t.checker.kind == s.checker.kind);
  CHECK(t.checker.tolerance == s.checker.tolerance);
  CHECK(t.checker.language == s.checker.language);
  CHECK(t.checker.code == s.checker.code);
  CHECK(t.stop_on_failure);
  CHECK(t.artifacts == s.artifacts);
  CHECK(t.isolation == s.isolation);
  CHECK(t.isolation_key == s.isolation_key);
  CHECK(t.priority == s.priority);
  CHECK(t.project_id == s.project_id);
  CHECK(to_json(t) == to_json(s));
}

TEST_CASE("the stored text holds no NUL, which PostgreSQL could not take out of it again") {
  CHECK(to_json(full()).find("\\u0000") == std::string::npos);
}

TEST_CASE("what is no stored submission is refused") {
  CHECK_THROWS_AS(submission_from_json("{"), json::ParseError);
  CHECK_THROWS(submission_from_json("{}"));
  CHECK_THROWS(submission_from_json(R"({"files":[{"name":"a","content":{"base64":"?"}}]})"));
  CHECK_THROWS(
      submission_from_json(R"({"files":[{"name":"a","content":""}],"checker":{"kind":"magic"}})"));
}

TEST_CASE("an isolation that nobody knows means the stricter one") {
  CHECK(submission_from_json(R"({"files":[{"name":"a","content":""}]})").isolation ==
        Isolation::kFresh);
}

TEST_CASE("names of enumerations are read as they are written") {
  for (const auto kind :
       {CheckerKind::kExact, CheckerKind::kTrim, CheckerKind::kTokens, CheckerKind::kFloat,
        CheckerKind::kUnorderedLines, CheckerKind::kProgram}) {
    CHECK_FALSE(to_string(kind).empty());
    CHECK(checker_kind_from(to_string(kind)) == kind);
  }
  for (const auto priority : {Priority::kHigh, Priority::kNormal, Priority::kLow})
    CHECK(priority_from(to_string(priority)) == priority);
  for (const auto isolation : {Isolation::kReuse, Isolation::kFresh})
    CHECK(isolation_from(to_string(isolation)) == isolation);
  CHECK_FALSE(checker_kind_from("Trim"));
  CHECK_FALSE(priority_from(""));
}
