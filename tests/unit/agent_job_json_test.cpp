#include <string>

#include "agent/job_json.hpp"
#include "agent/protocol.hpp"
#include "tests/support/catch.hpp"

using namespace runyard::agent;

namespace {

const std::string kStep =
    R"({"kind":"run","argv":["./a"],"env":["PATH=/bin"],"wall_ms":1000,"cpu_ms":0,"output_bytes":1,)"
    R"("file_bytes":1,"processes":1,"address_space_bytes":0)";

std::string job_with(const std::string& step_more, const std::string& job_more = "") {
  return R"({"steps":[)" + kStep + step_more + "}]" + job_more + "}";
}

std::string error_of(const std::string& json) {
  try {
    parse_job(json);
  } catch (const runyard::protocol::ProtocolError& error) {
    return error.what();
  }
  return "accepted";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

}  // namespace

TEST_CASE("A job with everything is read") {
  const auto job = parse_job(job_with(
      R"(,"stdin_size":3,"interactive":false,"collect":["out/*.class"],"collect_bytes":9)",
      R"(,"files":[{"name":"a/b.py","size":5,"mode":420}],"live":true,"tty":{"cols":80,"rows":24})"));
  REQUIRE(job.files.size() == 1);
  CHECK(job.files[0].name == "a/b.py");
  CHECK(job.files[0].size == 5);
  CHECK(job.files[0].mode == 0644);
  REQUIRE(job.steps.size() == 1);
  CHECK(!job.steps[0].compile);
  CHECK(job.steps[0].argv == std::vector<std::string>{"./a"});
  CHECK(job.steps[0].stdin_size == 3);
  CHECK(job.steps[0].collect_bytes == 9);
  CHECK(job.live);
  REQUIRE(job.tty);
  CHECK(job.tty->rows == 24);
  CHECK(job.blob_size() == 8);
}

TEST_CASE("What may be left out has its default") {
  const auto job = parse_job(job_with("", R"(,"tty":null)"));
  CHECK(job.files.empty());
  CHECK(!job.live);
  CHECK(!job.tty);
  CHECK(job.steps[0].stdin_size == 0);
  CHECK(job.steps[0].collect.empty());
}

TEST_CASE("A wrong job is refused by the name of what is wrong") {
  const auto ok = job_with("");
  CHECK(error_of(ok) == "accepted");
  CHECK(error_of("") == "job: json is malformed");
  CHECK(error_of(ok + "x") == "job: json is malformed");
  CHECK(error_of("[]") == "job: job must be an object");
  CHECK(error_of("{}") == "job: job.steps is missing");
  CHECK_THAT(error_of(R"({"steps":[]})"), runyard::test::contains("steps"));
  CHECK(error_of(job_with("", R"(,"extra":1)")) == "job: job has an unknown member");
  CHECK(error_of(job_with("", R"(,"live":false,"live":true)")) == "job: job.live is given twice");
  CHECK(error_of(job_with(R"(,"wall_ms":5)")) == "job: steps[0].wall_ms is given twice");
  CHECK(error_of(job_with(R"(,"colour":"red")")) == "job: steps[0] has an unknown member");
  CHECK_THAT(error_of(replaced(ok, "\"run\"", "\"walk\"")), runyard::test::contains("kind"));
  CHECK_THAT(error_of(replaced(ok, R"(["./a"])", "[]")), runyard::test::contains("argv"));
  CHECK_THAT(error_of(replaced(ok, R"(["./a"])", "[1]")),
             runyard::test::contains("argv must be text"));
  CHECK_THAT(error_of(replaced(ok, R"(["./a"])", R"(["a\u0000b"])")),
             runyard::test::contains("holds a NUL"));
  CHECK_THAT(error_of(replaced(ok, "PATH=", "PATH")), runyard::test::contains("env"));
  for (const char* bad : {"0", "-1", "1.5", "1e309", "\"10\"", "null", "18446744073709551616"})
    CHECK(error_of(replaced(ok, "\"wall_ms\":1000", std::string("\"wall_ms\":") + bad)) !=
          "accepted");
  CHECK_THAT(error_of(job_with(R"(,"interactive":1)")),
             runyard::test::contains("interactive must be true or false"));
  CHECK_THAT(error_of(job_with(R"(,"interactive":true,"stdin_size":1)")),
             runyard::test::contains("both"));
  CHECK_THAT(error_of(job_with(R"(,"collect":["../x"])")), runyard::test::contains("collect"));
  CHECK_THAT(error_of(job_with("", R"(,"files":[{"name":"/etc/x","size":0,"mode":0}])")),
             runyard::test::contains("files[0].name"));
  CHECK_THAT(error_of(job_with("", R"(,"files":[{"name":"x","size":0,"mode":2048}])")),
             runyard::test::contains("mode"));
  CHECK_THAT(
      error_of(job_with(
          "",
          R"(,"files":[{"name":"x","size":33554432,"mode":0},{"name":"y","size":1,"mode":0}])")),
      runyard::test::contains("too large together"));
  CHECK_THAT(error_of(job_with("", R"(,"tty":{"cols":0,"rows":1})")),
             runyard::test::contains("cols"));
}

TEST_CASE("Depth costs no stack") {
  const std::size_t depth = 1'000'000;
  CHECK(error_of(std::string(depth, '[')) == "job: json is malformed");
  CHECK(error_of(std::string(depth, '[') + std::string(depth, ']')) ==
        "job: job must be an object");
}

TEST_CASE("Names stay inside of their folder") {
  for (const char* good : {"a", "a/b", ".hidden", "..a", "a b", "-rf", "\xc3\xa9"})
    CHECK(valid_name(good));
  for (const char* bad :
       {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a/../b"})
    CHECK(!valid_name(bad));
  CHECK(!valid_name(std::string("a\0b", 3)));
  CHECK(valid_name(std::string(255, 'n')));
  CHECK(!valid_name(std::string(256, 'n')));
  std::string deep = "d";
  for (int i = 1; i < 32; ++i) deep += "/d";
  CHECK(valid_name(deep));
  CHECK(!valid_name(deep + "/d"));
}
