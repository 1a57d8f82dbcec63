// Tests that a user of the client brings, and what is told of them.
#include "cli/failure.hpp"
#include "cli/test_cases.hpp"
#include "cli/test_report.hpp"
#include "core/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::cli;
using test::contains;

namespace {

std::string refusal(const std::string& path) {
  try {
    read_tests(path);
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "not refused";
}

}  // namespace

TEST_CASE("cli: a folder's tests come in the order of people, with what they should write") {
  const test::TempDir folder;
  for (const char* name : {"t10", "t2", "t1"}) folder.write(std::string(name) + ".in", name);
  folder.write("t2.out", "two\n");
  folder.write("notes.txt", "no test");
  const auto cases = read_tests(folder.path().string());
  CHECK(cases.json == R"([{"name":"t1","stdin":"t1"},)"
                      R"({"name":"t2","stdin":"t2","expected_output":"two\n"},)"
                      R"({"name":"t10","stdin":"t10"}])");
  REQUIRE(cases.expected.size() == 3);
  CHECK_FALSE(cases.expected[0]);
  CHECK(cases.expected[1] == std::optional<std::string>("two\n"));
}

TEST_CASE("cli: a file of tests is sent as it stands") {
  const test::TempDir folder;
  folder.write("t.json",
               R"([{"stdin": "1", "expected_output": "2", "weight": 3}, {"args": ["x"]}])");
  const auto cases = read_tests((folder.path() / "t.json").string());
  CHECK(cases.json == R"([{"stdin":"1","expected_output":"2","weight":3},{"args":["x"]}])");
  REQUIRE(cases.expected.size() == 2);
  CHECK(cases.expected[0] == std::optional<std::string>("2"));
  CHECK_FALSE(cases.expected[1]);
}

TEST_CASE("cli: what can be no tests says where and why") {
  const test::TempDir folder;
  const auto path = [&](const char* name) { return (folder.path() / name).string(); };
  CHECK_THAT(refusal(folder.path().string()), contains("has no tests (NAME.in with NAME.out)"));
  folder.write("lonely/a.in", "");
  folder.write("lonely/b.out", "");
  CHECK_THAT(refusal(path("lonely")), contains("b.out: has no b.in beside it"));
  folder.write("bytes/a.in", "\xff");
  CHECK_THAT(refusal(path("bytes")), contains("a.in: is not UTF-8"));
  folder.write("t.json", "[{\"stdin\": }]");
  CHECK_THAT(refusal(path("t.json")), contains("t.json: ") && contains("at byte"));
  for (const char* text : {"{}", "[]", "7"}) {
    folder.write("t.json", text);
    CHECK_THAT(refusal(path("t.json")), contains("must be an array of tests"));
  }
  CHECK_THAT(refusal(path("missing")), contains("missing: No such file"));
}

TEST_CASE("cli: numbers in names count as numbers") {
  CHECK(in_natural_order("t2", "t10"));
  CHECK_FALSE(in_natural_order("t10", "t2"));
  CHECK(in_natural_order("a9b", "a10a"));
  CHECK(in_natural_order("a", "ab"));
  CHECK_FALSE(in_natural_order("a", "a"));
  CHECK(in_natural_order("a01", "a1") != in_natural_order("a1", "a01"));
}

TEST_CASE("cli: a difference shows the lines that differ, and nothing else") {
  CHECK(difference("a\nb\n", "a\nb\n").empty());
  CHECK(difference("a\nb\nc\n", "a\nx\nc\n") == "    line 2:\n    -b\n    +x\n");
  CHECK(difference("a\n", "a\nb\n") == "    line 2:\n    +b\n");
  CHECK(difference("a\n", "a") == "    line 1:\n    -a\n    +a\n    \\ no line end\n");
  CHECK(difference("a\na\n", "a\n") == "    line 2:\n    -a\n");
  CHECK(difference("", "x\n") == "    line 1:\n    +x\n");
  CHECK_THAT(difference("", std::string(3000, '\n')), contains("+ and 2980 more lines"));
  CHECK_THAT(difference("", std::string(3000, 'x')), contains("xxx...\n"));
  // What a program writes does nothing to the terminal here: it stands among our own lines.
  CHECK_THAT(difference("a", "\x1b[2Ja\r"), contains("+\\x1b[2Ja\\r"));
}

TEST_CASE("cli: failed tests are told with message and difference, passed ones counted") {
  const auto execution = json::parse(R"({"tests":[
      {"name":"one","verdict":"PASSED","stdout":"","message":""},
      {"name":"two\u001b","verdict":"WRONG_ANSWER","stdout":")" +
                                     base64_encode("5\n") + R"(","message":"not as expected"},
      {"name":"three","verdict":"SKIPPED","stdout":null,"message":""}]})");
  CHECK(failures_text(execution, {std::nullopt, std::string("4\n"), std::nullopt}) ==
        "\ntwo\\x1b: WRONG_ANSWER: not as expected\n    line 1:\n    -4\n    +5\n"
        "\n1 of 3 tests passed\n");
  CHECK_THAT(failures_text(execution, {}), contains("two\\x1b: WRONG_ANSWER: not as expected\n\n"));
  CHECK(test_line(json::parse(R"({"name":"n","verdict":"PASSED","execution_time":12,
                                  "memory_kb":8344})")) ==
        "PASSED                12 ms     8344 KiB  n\n");
}
