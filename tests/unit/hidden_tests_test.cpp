#include "worker/hidden_tests.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

TestCase test_case(const std::string& name, bool hidden) {
  TestCase test;
  test.name = name;
  test.hidden = hidden;
  return test;
}

TestResult test_result(const std::string& name, bool passed) {
  TestResult result;
  result.name = name;
  result.status = passed ? Status::kCompleted : Status::kFailed;
  result.reason = passed ? Reason::kNone : Reason::kRuntimeError;
  result.message = passed ? "" : "exit code 3";
  result.output = "output of " + name;
  result.wall_ms = 5;
  result.memory_kb = 9;
  return result;
}

Result whole(Status status, std::vector<TestResult> tests) {
  Result result;
  result.status = status;
  result.message = status == Status::kCompleted ? "" : "test \"x\": exit code 3";
  result.output = "out";
  result.errors = "the secret input";
  result.output_order = {3, -16};
  result.exit_code = 3;
  result.tests = std::move(tests);
  return result;
}

}  // namespace

TEST_CASE("of a hidden test only verdict and figures are left") {
  auto result = whole(Status::kFailed, {test_result("a", false), test_result("hidden 1", false)});
  hide_tests({test_case("a", false), test_case("hidden 1", true)}, result);
  CHECK(result.tests[0].output == "output of a");
  CHECK(result.tests[0].message == "exit code 3");
  CHECK(result.tests[1].output.empty());
  CHECK(result.tests[1].message.empty());
  CHECK(result.tests[1].reason == Reason::kRuntimeError);
  CHECK(result.tests[1].wall_ms == 5);
  CHECK(result.tests[1].memory_kb == 9);
  // The first that failed is shown to everybody.
  CHECK(result.errors == "the secret input");
  CHECK(result.exit_code == 3);
}

TEST_CASE("where a hidden test decided the whole, the whole shows nothing of it") {
  auto result = whole(Status::kFailed, {test_result("a", true), test_result("hidden 1", false)});
  hide_tests({test_case("a", false), test_case("hidden 1", true)}, result);
  CHECK(result.output.empty());
  CHECK(result.errors.empty());
  CHECK(result.output_order.empty());
  CHECK_FALSE(result.exit_code);
  CHECK(result.message == "test \"hidden 1\" did not pass: what it gave is not shown");
}

TEST_CASE("when all passed and the last is hidden, its output is not the whole's") {
  auto result = whole(Status::kCompleted, {test_result("a", true), test_result("hidden 1", true)});
  hide_tests({test_case("a", false), test_case("hidden 1", true)}, result);
  CHECK(result.output.empty());
  CHECK(result.message.empty());
}

TEST_CASE("without hidden tests, and without tests, nothing changes") {
  auto result = whole(Status::kCompleted, {test_result("a", true)});
  hide_tests({test_case("a", false)}, result);
  CHECK(result.output == "out");
  auto plain = whole(Status::kCompleted, {});
  hide_tests({}, plain);
  CHECK(plain.output == "out");
}
