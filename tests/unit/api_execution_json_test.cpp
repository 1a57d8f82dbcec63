#include "core/execution_json.hpp"
#include "core/text.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

Execution finished() {
  Execution e;
  e.id = "01900000-0000-7000-8000-000000000000";
  e.status = Status::kCompleted;
  e.language = "python";
  e.version = "3.13";
  e.attempt = 1;
  e.queue_ms = 2;
  e.created_at = "c";
  e.started_at = "s";
  e.finished_at = "f";
  e.result.emplace();
  auto& r = *e.result;
  r.status = e.status;
  r.output = std::string("a\0b", 3);
  r.errors = "\xff\xc3\xa4";
  r.wall_ms = 12;
  r.cpu_ms = 8;
  r.memory_kb = 4096;
  r.exit_code = 0;
  r.runtime = "runc";
  r.sandbox_reused = true;
  return e;
}

std::string text(const Execution& e) { return execution_to_json(e, OutputEncoding::kText); }

}  // namespace

TEST_CASE("a finished execution has its keys in the promised order") {
  CHECK(text(finished()) ==
        R"({"execution_id":"01900000-0000-7000-8000-000000000000","status":"COMPLETED",)"
        R"("stdout":"a\u0000b","stderr":"�ä","execution_time":12,"reason":null,"message":null,)"
        R"("exit_code":0,"signal":null,"cpu_time_ms":8,"memory_kb":4096,"stdout_truncated":false,)"
        R"("stderr_truncated":false,"compile":null,"tests":[],"score":null,"artifacts":[],)"
        R"("language":"python","version":"3.13","queue_ms":2,"attempt":1,)"
        R"("sandbox":{"isolation":"reuse","reused":true,"runtime":"runc"},)"
        R"("created_at":"c","started_at":"s","finished_at":"f"})");
}

TEST_CASE("before the end everything about the result is null") {
  Execution e = finished();
  e.result.reset();
  e.status = Status::kQueued;
  e.queue_ms.reset();
  e.started_at.reset();
  e.finished_at.reset();
  CHECK(
      text(e) ==
      R"({"execution_id":"01900000-0000-7000-8000-000000000000","status":"QUEUED",)"
      R"("stdout":null,"stderr":null,"execution_time":null,"reason":null,"message":null,)"
      R"("exit_code":null,"signal":null,"cpu_time_ms":null,"memory_kb":null,"stdout_truncated":null,)"
      R"("stderr_truncated":null,"compile":null,"tests":[],"score":null,"artifacts":[],)"
      R"("language":"python","version":"3.13","queue_ms":null,"attempt":1,)"
      R"("sandbox":{"isolation":"reuse","reused":null,"runtime":null},)"
      R"("created_at":"c","started_at":null,"finished_at":null})");
}

TEST_CASE("base64 gives every byte back") {
  auto e = finished();
  e.result->artifacts = {{"a.txt", "text"}};
  const auto json = json::parse(execution_to_json(e, OutputEncoding::kBase64));
  CHECK(*json.find("stdout")->string() == "YQBi");
  CHECK(*json.find("stderr")->string() == "/8Ok");
  const auto& artifact = json.find("artifacts")->array()->at(0);
  CHECK(*artifact.find("encoding")->string() == "base64");
  CHECK(*artifact.find("content")->string() == "dGV4dA==");
}

TEST_CASE("an artifact that did not come has its error instead of a content") {
  auto e = finished();
  e.result->artifacts = {{"a.txt", "", "is not there"}};
  const auto json = json::parse(execution_to_json(e, OutputEncoding::kText));
  const auto& artifact = json.find("artifacts")->array()->at(0);
  CHECK(*artifact.find("error")->string() == "is not there");
  CHECK_FALSE(artifact.find("content"));
  CHECK_FALSE(artifact.find("encoding"));
}

TEST_CASE("an artifact is text where it can be, else base64") {
  auto e = finished();
  e.result->artifacts = {{"a.txt", "text"}, {"b.bin", "\xff"}};
  const auto json = json::parse(text(e));
  const auto& artifacts = *json.find("artifacts")->array();
  CHECK(*artifacts[0].find("encoding")->string() == "utf8");
  CHECK(*artifacts[0].find("content")->string() == "text");
  CHECK(*artifacts[1].find("encoding")->string() == "base64");
  CHECK(*artifacts[1].find("content")->string() == "/w==");
}

TEST_CASE("compile step, tests and score are shown") {
  auto e = finished();
  e.status = e.result->status = Status::kFailed;
  e.result->reason = Reason::kWrongAnswer;
  e.result->message = "test 2 differs";
  e.result->score = 0.25;
  e.result->signal = 9;
  e.result->exit_code.reset();
  CompileResult compile;
  compile.errors = "warning";
  compile.exit_code = 0;
  compile.wall_ms = 70;
  compile.cached = true;
  e.result->compile = compile;
  TestResult passed;
  passed.name = "1";
  passed.wall_ms = 3;
  passed.output = "x";
  TestResult failed = passed;
  failed.status = Status::kTimeout;
  failed.reason = Reason::kWallTime;
  failed.message = "m";
  TestResult skipped;
  skipped.name = "3";
  skipped.skipped = true;
  e.result->tests = {passed, failed, skipped};
  const auto json = text(e);
  CHECK_THAT(
      json,
      test::contains(
          R"("reason":"WRONG_ANSWER","message":"test 2 differs","exit_code":null,"signal":9)"));
  CHECK_THAT(json,
             test::contains(
                 R"("compile":{"status":"COMPLETED","stdout":"","stderr":"warning","exit_code":0,)"
                 R"("execution_time":70,"cached":true})"));
  CHECK_THAT(json,
             test::contains(R"({"name":"1","verdict":"PASSED","execution_time":3,"cpu_time_ms":0,)"
                            R"("memory_kb":0,"stdout":"x","message":""})"));
  CHECK_THAT(json, test::contains(R"("verdict":"WALL_TIME")"));
  CHECK_THAT(
      json,
      test::contains(R"({"name":"3","verdict":"SKIPPED","execution_time":null,"cpu_time_ms":null,)"
                     R"("memory_kb":null,"stdout":null,"message":""})"));
  CHECK_THAT(json, test::contains(R"("score":0.25)"));
}

TEST_CASE("a cut character at the end of the output becomes U+FFFD") {
  auto e = finished();
  e.result->output = "ab\xe2\x82";
  CHECK_THAT(text(e), test::contains("\"stdout\":\"ab\xef\xbf\xbd\xef\xbf\xbd\""));
}

TEST_CASE("a file that would need many escapes goes as base64") {
  auto e = finished();
  e.result->artifacts = {{"control", std::string(10'000, '\x01')},
                         {"small", std::string(100, '\x01')},
                         {"lines", std::string(5'000, 'x') + std::string(500, '\n')}};
  const auto json = json::parse(text(e));
  const auto& artifacts = *json.find("artifacts")->array();
  CHECK(*artifacts[0].find("encoding")->string() == "base64");
  CHECK(*artifacts[0].find("content")->string() == base64_encode(std::string(10'000, '\x01')));
  CHECK(*artifacts[1].find("encoding")->string() == "utf8");
  CHECK(*artifacts[2].find("encoding")->string() == "utf8");
}

TEST_CASE("an execution is never larger than asked for, whatever its outputs hold") {
  auto e = finished();
  auto& r = *e.result;
  r.message = std::string(100'000, '\x02');
  r.output = std::string(1'000'000, '\x01');
  r.errors = std::string(500'000, '\xff');
  CompileResult compile;
  compile.output = std::string(200'000, '"');
  compile.errors = std::string(200'000, '\\');
  r.compile = compile;
  TestResult test;
  test.name = std::string(200, '\x03');
  test.message = std::string(5'000, '\x04');
  test.output = std::string(10'000, '\x05');
  r.tests.assign(100, test);
  r.artifacts.assign(16, {"out/\x06 1", std::string(500'000, '\x07')});
  for (const auto encoding : {OutputEncoding::kText, OutputEncoding::kBase64}) {
    for (const std::size_t max : {300'000, 1'000'000, 6'200'000, 20'000'000}) {
      const auto shown = execution_to_json(e, encoding, max);
      CHECK(shown.size() <= max);
      CHECK(json::parse(shown).find("finished_at"));  // whole, whatever was left out
    }
  }
  CHECK(text(e).size() <= kMaxAnswerBytes);
}

TEST_CASE("an output that is cut ends with a whole character and is marked") {
  auto e = finished();
  e.result->output.clear();
  e.result->errors.clear();
  for (int i = 0; i < 10'000; ++i) e.result->output += "\xe2\x82\xac";
  e.result->compile.emplace();
  e.result->compile->errors = std::string(10'000, 'e');
  const auto json = json::parse(execution_to_json(e, OutputEncoding::kText, 10'000));
  const auto& shown = *json.find("stdout")->string();
  CHECK(shown.size() > 8'000);
  CHECK(shown.size() % 3 == 0);
  CHECK(is_utf8(shown));
  CHECK(*json.find("stdout_truncated")->boolean());
  CHECK_FALSE(*json.find("stderr_truncated")->boolean());
  const auto& compiled = *json.find("compile");
  CHECK(compiled.find("stderr")->string()->size() < 3);
  CHECK(*compiled.find("stderr_truncated")->boolean());
  CHECK_FALSE(compiled.find("stdout_truncated"));
  // In base64 what is shown is what the program wrote, up to where it ends.
  const auto exact = json::parse(execution_to_json(e, OutputEncoding::kBase64, 10'000));
  const auto bytes = base64_decode(*exact.find("stdout")->string());
  REQUIRE(bytes);
  CHECK(e.result->output.substr(0, bytes->size()) == *bytes);
  CHECK(bytes->size() > 6'000);
}

TEST_CASE("a file for which there is no space has its size and where it is") {
  auto e = finished();
  e.result->artifacts = {{"out/a b.bin", std::string(50'000, 'a')}, {"small", "b"}};
  const auto json = json::parse(execution_to_json(e, OutputEncoding::kText, 20'000));
  const auto& artifacts = *json.find("artifacts")->array();
  CHECK_FALSE(artifacts[0].find("content"));
  CHECK_FALSE(artifacts[0].find("encoding"));
  CHECK(*artifacts[0].find("size")->integer() == 50'000);
  CHECK(*artifacts[0].find("url")->string() ==
        "/api/v1/executions/" + e.id + "/artifacts/out%2Fa%20b.bin");
  CHECK(*artifacts[1].find("content")->string() == "b");
}

TEST_CASE("the largest files that a program can give, and all outputs, are whole in base64") {
  auto e = finished();
  e.result->output = e.result->errors = std::string(1 << 20, '\x01');
  e.result->compile.emplace();
  e.result->compile->output = e.result->compile->errors = std::string(1 << 20, '\x01');
  TestResult test;
  test.output = std::string(1 << 20, '\x01');
  e.result->tests = {test};
  const auto outputs = json::parse(execution_to_json(e, OutputEncoding::kBase64));
  CHECK_FALSE(*outputs.find("stdout_truncated")->boolean());
  CHECK_FALSE(*outputs.find("stderr_truncated")->boolean());
  CHECK_FALSE(outputs.find("compile")->find("stdout_truncated"));
  CHECK_FALSE(outputs.find("tests")->array()->at(0).find("stdout_truncated"));
  e = finished();
  e.result->artifacts = {{"a", std::string(8 << 20, '\x01')}};
  CHECK(json::parse(text(e)).find("artifacts")->array()->at(0).find("content"));
}
