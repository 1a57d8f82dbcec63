#include <deque>
#include <utility>

#include "gateway/interactive_client.hpp"
#include "gateway/interactive_events.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::gateway;

namespace {

using Packets = std::vector<std::string>;

const std::string kId = "01890000-0000-7000-8000-000000000001";

struct FakeRun final : LiveRun {
  void submit(std::string body, LiveMode mode, bool detach) override {
    submitted = std::move(body);
    native = mode == LiveMode::kNative;
    detached = detach;
  }
  void attach(std::string, std::int64_t) override {}
  void events_written() override { ++written; }
  void input(LiveInputKind kind, std::string data,
             std::function<void(InputOutcome)> done) override {
    CHECK(kind == LiveInputKind::kStdin);
    typed.push_back(std::move(data));
    typing.push_back(std::move(done));
  }
  void leave() override { left = true; }
  const std::string& execution_id() const override { return id; }
  bool running() const override { return false; }

  void take(InputOutcome outcome) {
    auto done = std::move(typing.front());
    typing.pop_front();
    done(outcome);
  }

  std::weak_ptr<LiveRunListener> listener;
  std::string id, submitted;
  bool native = true, detached = true, left = false;
  int written = 0;
  Packets typed;
  std::deque<std::function<void(InputOutcome)>> typing;
};

struct Fixture {
  Fixture() {
    InteractiveClient::Carrier carrier;
    carrier.send = [this](std::string packet) { sent.push_back(std::move(packet)); };
    carrier.is_full = [this] { return full; };
    carrier.close = [this](std::string_view reason) {
      closed.emplace_back(reason);
      client->left();
    };
    carrier.make_run = [this](const Caller& caller, std::weak_ptr<LiveRunListener> listener) {
      auto run = std::make_shared<FakeRun>();
      run->listener = std::move(listener);
      runs.push_back(run);
      callers.push_back(caller);
      return run;
    };
    Caller caller;
    caller.address = "192.0.2.1";
    client = std::make_shared<InteractiveClient>(std::move(carrier), caller);
  }

  void say(const std::string& packet) { client->message(packet, false); }
  void join() {
    say("0");
    sent.clear();
  }
  /// Everything that was sent since.
  Packets heard() { return std::exchange(sent, {}); }
  std::shared_ptr<LiveRunListener> told(std::size_t run = 0) { return runs[run]->listener.lock(); }
  /// A program that runs.
  FakeRun& run(const std::string& id = kId) {
    say(R"(2["execute-interactive",{"language":"python","code":"1"}])");
    told(runs.size() - 1)->on_started(id);
    sent.clear();
    return *runs.back();
  }

  std::shared_ptr<InteractiveClient> client;
  Packets sent, closed;
  bool full = false;
  std::vector<std::shared_ptr<FakeRun>> runs;
  std::vector<Caller> callers;
};

std::string execution(const std::string& members) { return "{" + members + "}"; }

}  // namespace

TEST_CASE_METHOD(Fixture, "interactive: a client joins the main namespace, and no other") {
  CHECK(client->is_idle());
  say("0/admin,");
  CHECK(heard() == Packets{R"(4/admin,{"message":"Invalid namespace"})"});
  CHECK(client->is_idle());
  say("0");
  const auto answers = heard();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].rfind(R"(0{"sid":")", 0) == 0);
  CHECK_FALSE(client->is_idle());
  CHECK(closed.empty());
}

TEST_CASE_METHOD(Fixture, "interactive: packets out of turn close the connection") {
  SECTION("an event before joining") { say(R"(2["input",{}])"); }
  SECTION("joining twice") {
    join();
    say("0");
  }
  SECTION("an event elsewhere") {
    join();
    say(R"(2/admin,["input",{}])");
  }
  SECTION("a refusal, which only servers send") {
    join();
    say(R"(4{"message":"x"})");
  }
  SECTION("no packet") {
    join();
    say("abc");
  }
  SECTION("bytes that nothing announced") {
    join();
    client->message("bytes", true);
  }
  SECTION("text where bytes were announced") {
    join();
    say(R"(51-["input",{"_placeholder":true,"num":0}])");
    say(R"(2["input",{}])");
  }
  CHECK(closed.size() == 1);
}

TEST_CASE_METHOD(Fixture, "interactive: a token given on joining stands for the header") {
  say(R"(0{"token":"ry_key"})");
  run();
  CHECK(callers[0].authorization == "Bearer ry_key");
  CHECK(callers[0].address == "192.0.2.1");
}

TEST_CASE_METHOD(Fixture, "interactive: a token that cannot stand in a header is refused") {
  for (const auto* token : {"1", R"("a b")", R"("a\r\nX: y")", "{}"}) {
    say(std::string("0{\"token\":") + token + "}");
    CHECK(heard() == Packets{R"(4{"message":"auth.token must be a token or key"})"});
    CHECK(client->is_idle());
  }
}

TEST_CASE_METHOD(Fixture, "interactive: a program is submitted by the rules of execute") {
  join();
  say(R"(2["execute-interactive",{"language":"python3","code":"1"}])");
  REQUIRE(runs.size() == 1);
  CHECK_FALSE(runs[0]->native);
  CHECK_FALSE(runs[0]->detached);
  CHECK(runs[0]->submitted == R"({"language":"python3","code":"1"})");
  told()->on_started(kId);
  CHECK(heard() == Packets{R"(2["execution-start",{"executionId":")" + kId + R"("}])",
                           R"(2["output",{"data":"🚀 Starting execution...\n\n"}])"});
  told()->on_events({{1, LiveEventKind::kStatus, "{}"},
                     {2, LiveEventKind::kStdout, "a"},
                     {3, LiveEventKind::kStdout, "b\n"},
                     {4, LiveEventKind::kStderr, "\xff"}});
  CHECK(heard() ==
        Packets{R"(2["output",{"data":"ab\n"}])", R"(2["output",{"data":"�","type":"stderr"}])"});
  CHECK(runs[0]->written == 1);
  told()->on_exit(execution(R"("status":"COMPLETED","exit_code":0)"), 9);
  CHECK(heard() == Packets{R"(2["execution-complete",{"status":"success","exitCode":0,)"
                           R"("executionId":")" +
                           kId + R"("}])"});
  CHECK(told() == nullptr);
}

TEST_CASE_METHOD(Fixture, "interactive: what is missing or refused is an error and an end") {
  const Packets missing{R"(2["error",{"message":"Language and code are required"}])",
                        R"(2["execution-complete",{"status":"error"}])"};
  join();
  for (const auto* argument :
       {"", ",{}", ",{\"language\":\"c\"}", ",{\"language\":\"\",\"code\":\"x\"}",
        ",{\"language\":\"c\",\"code\":null}", ",7", ",null"}) {
    say(std::string("2[\"execute-interactive\"") + argument + "]");
    CHECK(heard() == missing);
  }
  CHECK(runs.empty());

  say(R"(2["execute-interactive",{"language":"cobolx","code":"1"}])");
  told()->on_refused(
      {422, "some fields are wrong", {{"language", R"("cobolx" is not a known language)"}}});
  CHECK(heard() == Packets{R"(2["error",{"message":"Unsupported language: cobolx"}])",
                           R"(2["execution-complete",{"status":"error"}])"});
  say(R"(2["execute-interactive",{"language":"c","code":5}])");
  told(1)->on_refused({422, "some fields are wrong", {{"code", "must be a text"}}});
  CHECK(heard() == Packets{R"(2["error",{"message":"code must be a text"}])",
                           R"(2["execution-complete",{"status":"error"}])"});
  CHECK(closed.empty());
}

TEST_CASE("interactive: the end says what outputs and exit code do not") {
  struct Case {
    const char* members;
    Packets said;  ///< before the end
    const char* end;
  };
  const std::vector<Case> cases{
      {R"("status":"FAILED","reason":"RUNTIME_ERROR","exit_code":3,"message":"exit code 3")",
       {},
       R"("error","exitCode":3)"},
      {R"("status":"FAILED","reason":"RUNTIME_ERROR","signal":11,"message":"ended by signal 11")",
       {R"({"data":"ended by signal 11\n","type":"error"})"},
       R"("error","exitCode":139)"},
      {R"("status":"FAILED","reason":"COMPILE_ERROR","message":"the compiler failed",)"
       R"("compile":{"status":"FAILED","stdout":"a","stderr":"b","exit_code":1})",
       {R"({"data":"ab","type":"stderr"})"},
       R"("error","exitCode":1)"},
      {R"("status":"FAILED","reason":"COMPILE_ERROR","message":"the compiler failed",)"
       R"("compile":{"status":"FAILED","stdout":"","stderr":"","exit_code":2})",
       {R"({"data":"the compiler failed\n","type":"error"})"},
       R"("error","exitCode":2)"},
      {R"("status":"TIMEOUT","reason":"WALL_TIME","message":"m","signal":9)",
       {R"({"data":"Execution timed out after 300 seconds\n","type":"error"})"},
       R"("error","exitCode":124)"},
      {R"("status":"FAILED","reason":"MEMORY_LIMIT","message":"memory limit of 1 kB","signal":9)",
       {R"({"data":"memory limit of 1 kB\n","type":"error"})"},
       R"("error","exitCode":137)"},
      {R"("status":"COMPLETED","exit_code":0,"stdout_truncated":true)",
       {R"({"data":"The output was cut at its limit\n","type":"error"})"},
       R"("success","exitCode":0)"},
      {R"("status":"CANCELLED","reason":"CANCELLED","message":"cancelled")",
       {R"({"data":"cancelled\n","type":"error"})"},
       R"("error","exitCode":1)"},
  };
  for (const auto& one : cases) {
    INFO(one.members);
    Packets expected;
    for (const auto& said : one.said) expected.push_back(R"(2["output",)" + said + "]");
    expected.push_back(std::string(R"(2["execution-complete",{"status":)") + one.end +
                       R"(,"executionId":"x"}])");
    CHECK(interactive::ended("x", execution(one.members), {}) == expected);
  }
}

TEST_CASE_METHOD(Fixture, "interactive: input is typed with a newline, in order, piece by piece") {
  join();
  auto& program = run();
  say(R"(2["input",{"data":"one","executionId":")" + kId + R"("}])");
  say(R"(27["input",{"data":"two","executionId":")" + kId + R"("}])");
  say(R"(28["input",{"data":"","executionId":")" + kId + R"("}])");
  CHECK(program.typed == Packets{"one\n"});
  CHECK(heard().empty());
  program.take(InputOutcome::kTaken);
  CHECK(program.typed == Packets{"one\n", "two\n\n"});
  program.take(InputOutcome::kTaken);
  CHECK(heard() == Packets{R"(37[{"status":"success"}])", R"(38[{"status":"success"}])"});
}

TEST_CASE_METHOD(Fixture, "interactive: input for no program of this connection is dropped") {
  join();
  auto& program = run();
  for (const auto* id : {"", "01890000-0000-7000-8000-000000000002", "x"})
    say(std::string(R"(2["input",{"data":"x","executionId":")") + id + R"("}])");
  say(R"(2["input",{"data":"x"}])");
  say(R"(2["input",{"data":"x","executionId":null}])");
  say(R"(2["input"])");
  CHECK(heard().empty());
  say(R"(21["input",{"data":"x","executionId":"other"}])");
  CHECK(heard() ==
        Packets{R"(31[{"status":"error",)"
                R"("message":"executionId names no program that runs on this connection"}])"});
  told()->on_exit(execution(R"("status":"COMPLETED","exit_code":0)"), 9);
  heard();
  say(R"(2["input",{"data":"x","executionId":")" + kId + R"("}])");
  CHECK(heard().empty());
  CHECK(program.typed.empty());
}

TEST_CASE_METHOD(Fixture, "interactive: a program that is still in the queue has no input") {
  join();
  say(R"(2["execute-interactive",{"language":"python","code":"1"}])");
  say(R"(2["input",{"data":"x","executionId":""}])");
  CHECK(runs[0]->typed.empty());
}

TEST_CASE_METHOD(Fixture,
                 "interactive: what waits to be typed is bounded, "
                 "and told when it is not") {
  join();
  auto& program = run();
  const auto input = R"(2["input",{"executionId":")" + kId + R"(","data":")" +
                     std::string(900'000, 'x') + R"("}])";
  say(input);
  say(input);
  CHECK(heard().empty());
  say(input);
  CHECK(heard() == Packets{R"(2["error",{"message":"the input was dropped: )"
                           R"(the program has not read what was typed before"}])"});
  CHECK(program.typed.size() == 1);
  program.take(InputOutcome::kTaken);
  say(input);
  CHECK(heard().empty());
}

TEST_CASE_METHOD(Fixture, "interactive: not any number waits to hear that its input is in") {
  join();
  auto& program = run();
  const auto type = [this](std::size_t number) {
    say("2" + std::to_string(number) + R"(["input",{"data":"","executionId":")" + kId + R"("}])");
  };
  // The first is being typed already.
  for (std::size_t i = 0; i <= InteractiveRun::kMaxWaitingAcks; ++i) type(i);
  CHECK(heard().empty());
  type(5000);
  CHECK(heard() == Packets{R"(35000[{"status":"error","message":"the input was dropped: )"
                           R"(the program has not read what was typed before"}])",
                           R"(2["error",{"message":"the input was dropped: )"
                           R"(the program has not read what was typed before"}])"});
  program.take(InputOutcome::kTaken);
  program.take(InputOutcome::kTaken);
  CHECK(program.typed[1] == std::string(InteractiveRun::kMaxWaitingAcks, '\n'));
  CHECK(heard().size() == InteractiveRun::kMaxWaitingAcks + 1);
  type(5001);
  program.take(InputOutcome::kTaken);
  CHECK(heard() == Packets{R"(35001[{"status":"success"}])"});
}

namespace {

const std::string kDone = R"(2["execution-complete",{"status":"success","exitCode":0,)"
                          R"("executionId":")" +
                          kId + R"("}])";

std::string output_packet(const std::string& data, const std::string& type = "") {
  return R"(2["output",{"data":")" + data + '"' +
         (type.empty() ? "" : R"(,"type":")" + type + '"') + "}]";
}

}  // namespace

TEST_CASE_METHOD(Fixture, "interactive: output that did not come in time is told at the end") {
  join();
  run();
  const auto end = [this](const std::string& out, const std::string& err) {
    told()->on_exit(execution(R"("status":"COMPLETED","exit_code":0,"stdout":")" + out +
                              R"(","stderr":")" + err + '"'),
                    9);
    return heard();
  };
  SECTION("nothing came") {
    CHECK(end("a", "b") == Packets{output_packet("a"), output_packet("b", "stderr"), kDone});
  }
  SECTION("some came, counted as the text that was told") {
    told()->on_events({{1, LiveEventKind::kStdout, "\xff-"},
                       {2, LiveEventKind::kStderr, "e"},
                       {3, LiveEventKind::kStdout, "ä"}});
    heard();
    CHECK(end("\xef\xbf\xbd-ä, rest", "e") == Packets{output_packet(", rest"), kDone});
  }
  SECTION("all came") {
    told()->on_events({{1, LiveEventKind::kStdout, "all"}});
    heard();
    CHECK(end("all", "") == Packets{kDone});
  }
  SECTION("more came than was kept") {
    told()->on_events({{1, LiveEventKind::kStdout, "abcdef"}});
    heard();
    CHECK(end("abc", "") == Packets{kDone});
  }
  SECTION("something else came than was kept") {
    told()->on_events({{1, LiveEventKind::kStdout, "ä"}});
    heard();
    CHECK(end("\xef\xbf\xbd\xef\xbf\xbd", "") == Packets{kDone});
  }
}

TEST_CASE_METHOD(Fixture, "interactive: a long rest is told as the client takes it") {
  join();
  run();
  std::string rest;
  while (rest.size() < 200'000) rest += "€";
  full = true;
  const auto program = told();
  program->on_exit(execution(R"("status":"COMPLETED","exit_code":0,"stdout":")" + rest + '"'), 9);
  CHECK(heard().empty());
  full = false;
  client->drained();
  const auto packets = heard();
  REQUIRE(packets.size() == 5);
  std::string got;
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    const std::string head = R"(2["output",{"data":")";
    CHECK(packets[i].size() < 70'000);
    got += packets[i].substr(head.size(), packets[i].size() - head.size() - 3);
  }
  CHECK(got == rest);
  CHECK(packets.back() == kDone);
}

TEST_CASE_METHOD(Fixture, "interactive: input that may be lost is told") {
  join();
  auto& program = run();
  say(R"(2["input",{"data":"x","executionId":")" + kId + R"("}])");
  program.take(InputOutcome::kUnavailable);
  CHECK(heard() ==
        Packets{R"(2["error",{"message":"the database is away: the input may be lost"}])"});
}

TEST_CASE_METHOD(Fixture, "interactive: wrong input is told by its field") {
  join();
  run();
  say(R"(2["input",{"data":5,"executionId":")" + kId + R"("}])");
  CHECK(heard() == Packets{R"(2["error",{"message":"data must be a text"}])"});
}

TEST_CASE_METHOD(Fixture,
                 "interactive: programs of one connection have "
                 "their own ids and a bound") {
  join();
  for (std::size_t i = 0; i < InteractiveClient::kMaxRuns; ++i) run("id" + std::to_string(i));
  say(R"(2["execute-interactive",{"language":"python","code":"1"}])");
  CHECK(runs.size() == InteractiveClient::kMaxRuns);
  CHECK(heard() == Packets{R"(2["error",{"message":"at most 8 programs run at once on one )"
                           R"(connection: wait for the end of one"}])",
                           R"(2["execution-complete",{"status":"error"}])"});
  say(R"(2["input",{"data":"x","executionId":"id5"}])");
  CHECK(runs[5]->typed == Packets{"x\n"});
  CHECK(runs[4]->typed.empty());
  told(3)->on_exit(execution(R"("status":"COMPLETED","exit_code":0)"), 9);
  run("another");
  CHECK(runs.size() == InteractiveClient::kMaxRuns + 1);
}

TEST_CASE_METHOD(Fixture, "interactive: starting is acknowledged where that was asked for") {
  join();
  say(R"(25["execute-interactive",{"language":"python","code":"1"}])");
  CHECK(heard().empty());
  told()->on_started(kId);
  CHECK(heard()[0] == R"(35[{"status":"success","executionId":")" + kId + R"("}])");
  say(R"(26["execute-interactive",{"language":"python","code":"1"}])");
  told(1)->on_refused({429, "too many", {}});
  CHECK(heard()[0] == R"(36[{"status":"error","message":"too many"}])");
  say(R"(27["execute-interactive",{}])");
  CHECK(heard()[0] == R"(37[{"status":"error","message":"Language and code are required"}])");
}

TEST_CASE_METHOD(Fixture,
                 "interactive: a client that leaves kills its "
                 "programs and hears no more") {
  join();
  run("a");
  run("b");
  const auto told_before = told();
  SECTION("the connection ends") { client->left(); }
  SECTION("it leaves the namespace") { say("1"); }
  CHECK(runs[0]->left);
  CHECK(runs[1]->left);
  told_before->on_events({{2, LiveEventKind::kStdout, "late"}});
  told_before->on_exit(execution(R"("status":"CANCELLED")"), 9);
  CHECK(heard().empty());
  CHECK(closed.empty());
}

TEST_CASE_METHOD(Fixture,
                 "interactive: a client that lags is given no more "
                 "until it has caught up") {
  join();
  auto& program = run();
  full = true;
  told()->on_events({{2, LiveEventKind::kStdout, "x"}});
  CHECK(program.written == 0);
  full = false;
  client->drained();
  CHECK(program.written == 1);
  client->drained();
  CHECK(program.written == 1);
}

TEST_CASE_METHOD(Fixture, "interactive: binary events are refused, and the connection goes on") {
  join();
  say(R"(52-["input",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
  client->message("one", true);
  CHECK(heard().empty());
  client->message("two", true);
  CHECK(heard() == Packets{R"(2["error",{"message":"binary data is not taken: send text"}])"});
  run();
  CHECK(closed.empty());
}

TEST_CASE_METHOD(Fixture, "interactive: events that nobody knows are ignored") {
  join();
  say(R"(2["hello",1])");
  say(R"(2[5])");
  say("31[]");
  CHECK(heard().empty());
  CHECK(closed.empty());
}
