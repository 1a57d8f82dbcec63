#include "core/execution.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {
const std::string kBytes("\xff\0x", 3);
}

TEST_CASE("a compile result comes back from JSON") {
  CompileResult compile{Status::kFailed, kBytes, "error\n", 1, 75, true};
  const auto back = compile_from_json(compile_to_json(compile));
  CHECK(back.status == Status::kFailed);
  CHECK(back.output == kBytes);
  CHECK(back.errors == "error\n");
  CHECK(back.exit_code == 1);
  CHECK(back.wall_ms == 75);
  CHECK(back.cached);
  compile.exit_code.reset();
  CHECK_FALSE(compile_from_json(compile_to_json(compile)).exit_code);
}

TEST_CASE("test results come back from JSON, in order") {
  TestResult passed{"a", Status::kCompleted, Reason::kNone, "", kBytes, 1, 2, 3, false};
  TestResult skipped{"b", Status::kCancelled, Reason::kCancelled, "not run", "", 0, 0, 0, true};
  const auto back = tests_from_json(tests_to_json({passed, skipped}));
  REQUIRE(back.size() == 2);
  CHECK(back[0].name == "a");
  CHECK(back[0].output == kBytes);
  CHECK(back[0].reason == Reason::kNone);
  CHECK(back[0].wall_ms == 1);
  CHECK(back[0].cpu_ms == 2);
  CHECK(back[0].memory_kb == 3);
  CHECK(back[1].status == Status::kCancelled);
  CHECK(back[1].reason == Reason::kCancelled);
  CHECK(back[1].skipped);
  CHECK(tests_from_json("[]").empty());
}

TEST_CASE("artifacts come back from JSON") {
  const auto back = artifacts_from_json(artifacts_to_json({{"out/x", kBytes}, {"y", ""}}));
  REQUIRE(back.size() == 2);
  CHECK(back[0].name == "out/x");
  CHECK(back[0].content == kBytes);
  CHECK(back[1].content.empty());
  const auto error = artifacts_from_json(artifacts_to_json({{"z", "", "is not there"}}));
  CHECK(error.at(0).error == "is not there");
  CHECK(back[0].error.empty());
}

TEST_CASE("texts that we did not store are refused") {
  CHECK_THROWS(compile_from_json("{}"));
  CHECK_THROWS(compile_from_json(R"({"status":"DONE"})"));
  CHECK_THROWS(tests_from_json("{}"));
  CHECK_THROWS(tests_from_json("[{}]"));
  CHECK_THROWS(artifacts_from_json("null"));
}

TEST_CASE("every status and reason has one name") {
  for (const auto status : {Status::kQueued, Status::kRunning, Status::kCompleted, Status::kFailed,
                            Status::kTimeout, Status::kCancelled}) {
    CHECK(status_from(to_string(status)) == status);
    CHECK(is_terminal(status) == (status != Status::kQueued && status != Status::kRunning));
  }
  for (int i = 0; i <= static_cast<int>(Reason::kWorkerLost); ++i) {
    const auto reason = static_cast<Reason>(i);
    CHECK(reason_from(to_string(reason)) == reason);
    CHECK(to_string(reason).empty() == (reason == Reason::kNone));
  }
  CHECK_FALSE(status_from("completed"));
  CHECK_FALSE(reason_from("NONE"));
}

TEST_CASE("whatever a program names or says, its result is JSON without a NUL") {
  const std::string hostile("a\0\xff", 3);
  TestResult test;
  test.name = test.message = hostile;
  CHECK(tests_from_json(tests_to_json({test})).at(0).message == "a\xef\xbf\xbd\xef\xbf\xbd");
  const auto text = artifacts_to_json({{hostile, "x", {}}, {"b", "", hostile}});
  CHECK(text.find("u0000") == std::string::npos);
  CHECK(artifacts_from_json(text).at(1).error == "a\xef\xbf\xbd\xef\xbf\xbd");
}
