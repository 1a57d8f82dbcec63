#include "gateway/live_messages.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::gateway;

namespace {

Problem problem_of(std::string_view text) {
  const auto message = parse_client_message(text);
  REQUIRE(std::holds_alternative<Problem>(message));
  return std::get<Problem>(message);
}

InputMessage input_of(std::string_view text) {
  const auto message = parse_client_message(text);
  REQUIRE(std::holds_alternative<InputMessage>(message));
  return std::get<InputMessage>(message);
}

}  // namespace

TEST_CASE("a run is the API's to check, but for whether it outlives its connection") {
  const auto detached = [](const char* text) {
    return std::get<RunMessage>(parse_client_message(text)).detach;
  };
  CHECK(detached(R"({"type":"run","detach":true,"language":1})"));
  CHECK_FALSE(detached(R"({"type":"run"})"));
  CHECK_FALSE(detached(R"({"type":"run","detach":"true"})"));
}

TEST_CASE("input is read as the database has it") {
  CHECK(input_of(R"({"type":"stdin","data":"a\u0000ü\n"})").data == std::string("a\0ü\n", 5));
  const auto most = std::string(kMaxStdinBytes, 'x');
  CHECK(input_of(R"({"type":"stdin","data":")" + most + R"("})").data == most);
  CHECK(input_of(R"({"type":"eof"})").kind == LiveInputKind::kEof);
  CHECK(input_of(R"({"type":"resize","cols":1,"rows":1000})").data == "1x1000");
  CHECK(input_of(R"({"type":"signal","name":"SIGTERM"})").data == "SIGTERM");
}

TEST_CASE("an attach begins at the beginning unless it says otherwise") {
  const auto attach = std::get<AttachMessage>(parse_client_message(
      R"({"type":"attach","execution_id":"01a1fca6-dc60-7000-84fb-17ee43d4ec3c"})"));
  CHECK(attach.from == 0);
  CHECK(problem_of(R"({"type":"attach","execution_id":"../languages"})").status == 404);
}

TEST_CASE("every wrong field of a message is named") {
  const auto problem = problem_of(R"({"type":"resize","cols":0,"rows":"x","more":1})");
  CHECK(problem.status == 422);
  REQUIRE(problem.errors.size() == 3);
  CHECK(problem.errors[0].field == "more");
  CHECK(problem.errors[1].field == "cols");
  CHECK(problem.errors[2].field == "rows");
}

TEST_CASE("what is no JSON object is told by place") {
  CHECK(problem_of("").status == 400);
  CHECK(problem_of("[]").status == 400);
  const auto twice = problem_of(R"({"type":"eof","type":"eof"})");
  CHECK(twice.status == 400);
  CHECK(twice.detail.find("twice") != std::string::npos);
}

TEST_CASE("neighbouring output of one stream is one message with the last id") {
  const auto messages = event_messages({{1, LiveEventKind::kStdout, "a"},
                                        {2, LiveEventKind::kStdout, "b\xff"},
                                        {3, LiveEventKind::kStderr, "c"},
                                        {4, LiveEventKind::kStdout, "d"}});
  REQUIRE(messages.size() == 3);
  CHECK(messages[0] ==
        "{\"type\":\"output\",\"stream\":\"stdout\",\"data\":\"ab\ufffd\",\"id\":2}");
  CHECK(messages[2] == R"({"type":"output","stream":"stdout","data":"d","id":4})");
}

TEST_CASE("a stage and a test keep their members, a status without a stage has no message") {
  const auto messages = event_messages(
      {{1, LiveEventKind::kStatus, R"({"status":"QUEUED"})"},
       {2, LiveEventKind::kStatus, R"({"status":"RUNNING","stage":"run","attempt":2})"},
       {3, LiveEventKind::kTest, R"({"index":0,"verdict":"PASSED"})"}});
  REQUIRE(messages.size() == 2);
  CHECK(messages[0] == R"({"type":"stage","id":2,"status":"RUNNING","stage":"run","attempt":2})");
  CHECK(messages[1] == R"({"type":"test","id":3,"index":0,"verdict":"PASSED"})");
}

TEST_CASE("an execution is read without being fooled by what its program wrote") {
  const std::string execution =
      R"({"execution_id":"01a1fca6-dc60-7000-84fb-17ee43d4ec3c","status":"COMPLETED",)"
      R"("stdout":"\",\"attempt\":7,{\"attempt\":8,","attempt":2,"tests":[]})";
  CHECK(execution_id_of(execution) == "01a1fca6-dc60-7000-84fb-17ee43d4ec3c");
  CHECK(attempt_of(execution) == 2);
  CHECK(is_over(execution));
  CHECK_FALSE(is_over(R"({"execution_id":"x","status":"RUNNING"})"));
  CHECK_FALSE(is_over("{}"));
  CHECK(execution_id_of(R"({"execution_id":"short"})").empty());
  CHECK(exit_message("{\"a\":1}", 5) == R"({"type":"exit","id":5,"a":1})");
}

TEST_CASE("the API's problems are passed on, anything else of it is a failure of the service") {
  const auto passed =
      problem_from_api(422, R"({"type":"about:blank","title":"t","status":422,"detail":"d",)"
                            R"("errors":[{"field":"f","message":"m"}]})");
  CHECK(passed.status == 422);
  CHECK(passed.detail == "d");
  REQUIRE(passed.errors.size() == 1);
  CHECK(passed.errors[0].field == "f");
  CHECK(problem_from_api(422, "<html>").status == 503);
  CHECK(problem_from_api(422, R"({"status":404,"detail":"other"})").status == 503);
  CHECK(problem_from_api(200, "{}").status == 503);
  CHECK(error_message(passed) ==
        R"({"type":"error","title":"Unprocessable Content","status":422,"detail":"d",)"
        R"("errors":[{"field":"f","message":"m"}]})");
}
