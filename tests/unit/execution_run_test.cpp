#include "worker/execution_run.hpp"

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_docker.hpp"
#include "tests/support/own_process.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::FakeDocker;

namespace {

/// "run": the submission's args are what the fake agent does. "made": the same, after a compile
/// step that is told by compile_args.
LanguageCatalog languages() {
  Language run;
  run.id = run.image = "run";
  run.source = "main.txt";
  for (const auto& field : kLimitFields) run.maximum_limits.*field.member = field.server_maximum;
  Language made = run;
  made.id = "made";
  made.compile = CompileStep{{"{compile_args}"}, {"main"}, {}, 65536, 5000};
  Language checker = run;
  checker.id = "checker";
  checker.run_argv = {"fail", "1"};
  Language missing = run;
  missing.id = missing.image = "missing";
  return LanguageCatalog({run, made, checker, missing});
}

struct Bench {
  FakeDocker docker;
  ProcessHost processes;
  LanguageCatalog catalog = languages();
  Images images{processes, docker.settings()};
  SandboxPool pool{PoolSettings{}, [this](const SandboxClass& c, int) {
                     return std::make_unique<Sandbox>(processes, docker.settings(), c, 20000, 30s);
                   }};
  CompileCache cache{1 << 20};
  ExecutionServices services{catalog, images, pool, cache, "runc", 30s};
  StopSignal stop;

  Bench() {
    docker.list_images("sha256:aa runyard/run latest\n");
    images.refresh();
  }
  Result run(const Submission& submission, const std::string& owner = "alice") {
    return ExecutionRun(services, owner, submission, stop).run();
  }
};

Submission asking(std::vector<std::string> args, const std::string& language = "run") {
  Submission s;
  s.language = language;
  s.files = {{"main.txt", "x"}};
  s.entry = "main.txt";
  s.args = std::move(args);
  return s;
}

Submission made(std::vector<std::string> compile, std::vector<std::string> run = {"say", "ran"}) {
  auto s = asking(std::move(run), "made");
  s.compile_args = std::move(compile);
  return s;
}

TestCase test_case(const std::string& input, std::optional<std::string> expected,
                   double weight = 1) {
  return {"test " + input, input, std::move(expected), {}, weight};
}

}  // namespace

TEST_CASE("a program's result has its output, its end and its figures") {
  Bench bench;
  const auto result = bench.run(asking({"say", "hello"}));
  CHECK(result.status == Status::kCompleted);
  CHECK(result.output == "hello\n");
  CHECK(result.exit_code == 0);
  CHECK_FALSE(result.signal);
  CHECK(result.wall_ms == 2);
  CHECK(result.cpu_ms == 1);
  CHECK(result.memory_kb == 3072);
  CHECK(result.runtime == "runc");
  CHECK_FALSE(result.sandbox_reused);
  CHECK_FALSE(result.compile);

  const auto killed = bench.run(asking({"signal", "9"}));
  CHECK(killed.reason == Reason::kRuntimeError);
  CHECK(killed.signal == 9);
  CHECK_FALSE(killed.exit_code);
}

TEST_CASE("a boring job's sandbox serves the same owner again, and nobody else") {
  Bench bench;
  bench.run(asking({"say", "a"}));
  CHECK(bench.run(asking({"say", "b"})).sandbox_reused);
  CHECK_FALSE(bench.run(asking({"say", "c"}), "bob").sandbox_reused);
  auto keyed = asking({"say", "d"});
  keyed.isolation_key = "exam";
  CHECK_FALSE(bench.run(keyed).sandbox_reused);
  auto fresh = asking({"say", "e"});
  fresh.isolation = Isolation::kFresh;
  CHECK_FALSE(bench.run(fresh).sandbox_reused);
}

TEST_CASE("after a limit, a taint or a fresh run the sandbox serves nobody") {
  const std::vector<std::string> endings[] = {{"limit", "1"}, {"taint"}};
  for (const auto& ending : endings) {
    Bench bench;
    bench.run(asking(ending));
    CHECK(bench.pool.idle() == 0);
  }
  Bench bench;
  auto fresh = asking({"say", "x"});
  fresh.isolation = Isolation::kFresh;
  bench.run(fresh);
  CHECK(bench.pool.idle() == 0);
}

TEST_CASE("what was compiled is compiled once for its owner") {
  Bench bench;
  const auto first = bench.run(made({"make", "main", "ELF"}));
  CHECK(first.status == Status::kCompleted);
  CHECK(first.output == "ran\n");
  REQUIRE(first.compile);
  CHECK_FALSE(first.compile->cached);
  CHECK(bench.run(made({"make", "main", "ELF"}, {"say", "other"})).compile->cached);
  CHECK_FALSE(bench.run(made({"make", "main", "ELF"}), "bob").compile->cached);
  CHECK_FALSE(bench.run(made({"make", "main", "ELF2"})).compile->cached);
}

TEST_CASE("what does not compile does not run") {
  Bench bench;
  const auto failed = bench.run(made({"fail", "1"}));
  CHECK(failed.status == Status::kFailed);
  CHECK(failed.reason == Reason::kCompileError);
  CHECK(failed.compile->exit_code == 1);
  CHECK_FALSE(failed.exit_code);
  CHECK(failed.output.empty());
  CHECK(bench.run(made({"limit", "1"})).reason == Reason::kCompileTime);
  CHECK(bench.run(made({"limit", "3"})).reason == Reason::kMemoryLimit);
  CHECK(bench.run(made({"say", "nothing made"})).reason == Reason::kCompileError);
  CHECK_FALSE(bench.run(made({"fail", "1"})).compile->cached);
}

TEST_CASE("a sandbox that fails us once is made up for by another") {
  Bench bench;
  bench.docker.run_as({"dies", "good"});
  CHECK(bench.run(asking({"say", "after all"})).output == "after all\n");
}

TEST_CASE("sandboxes that fail us twice are our failure, never a verdict") {
  Bench bench;
  for (const char* how : {"vanish", "garbage", "flood", "other-job", "no-steps"})
    CHECK_THROWS_AS(bench.run(asking({how})), SandboxError);
  CHECK(bench.pool.idle() == 0);
  CHECK_THROWS_AS(bench.run(asking({"x"}, "missing")), SandboxError);
  CHECK_THROWS_AS(bench.run(made({"limit", "9"})), SandboxError);  // no compiler in the image
}

TEST_CASE("a cancelled run is cancelled, and an abandoned one has no result") {
  Bench bench;
  std::thread canceller([&] { bench.stop.cancel(); });
  const auto result = bench.run(asking({"hang"}));
  canceller.join();
  CHECK(result.status == Status::kCancelled);
  CHECK(result.reason == Reason::kCancelled);
  bench.stop.abandon();
  CHECK_THROWS_AS(bench.run(asking({"hang"})), SandboxError);
}

TEST_CASE("tests are judged one by one, and weighed") {
  Bench bench;
  auto s = asking({"cat"});
  s.tests = {test_case("right", "right\n", 3), test_case("wrong", "other", 1),
             test_case("any", std::nullopt, 1)};
  const auto result = bench.run(s);
  CHECK(result.status == Status::kFailed);
  CHECK(result.reason == Reason::kWrongAnswer);
  CHECK_THAT(result.message, test::contains("test wrong"));
  CHECK(result.score == Approx(0.8));
  REQUIRE(result.tests.size() == 3);
  CHECK(result.tests[0].status == Status::kCompleted);
  CHECK(result.tests[0].output == "right");
  CHECK(result.tests[1].reason == Reason::kWrongAnswer);
  CHECK(result.tests[2].status == Status::kCompleted);
}

TEST_CASE("after a failure the rest is skipped when that was asked") {
  Bench bench;
  auto s = asking({"cat"});
  s.stop_on_failure = true;
  s.tests = {test_case("a", "a"), test_case("b", "x"), test_case("c", "c"), test_case("d", "d")};
  const auto result = bench.run(s);
  CHECK(result.reason == Reason::kWrongAnswer);
  CHECK(result.score == Approx(0.25));
  CHECK_FALSE(result.tests[1].skipped);
  CHECK(result.tests[2].skipped);
  CHECK(result.tests[3].skipped);
}

TEST_CASE("a checker that is a program decides by its exit code") {
  Bench bench;
  auto s = asking({"cat"});
  s.tests = {test_case("a", "a"), test_case("b", "b")};
  s.checker.kind = CheckerKind::kProgram;
  s.checker.language = "checker";
  s.checker.code = "always refuses";
  const auto result = bench.run(s);
  CHECK(result.reason == Reason::kWrongAnswer);
  CHECK_THAT(result.tests[0].message, test::contains("the checker refused it"));
  CHECK(result.score == Approx(0));
}

TEST_CASE("why a checker does not compile is told to its author alone") {
  Bench bench;
  auto languages = bench.catalog.all();
  auto broken = *bench.catalog.find("made");
  broken.id = "broken";
  // "secret" NUL, and a character that is cut off
  broken.compile->argv = {"complain-hex", "73656372657400c3", "1"};
  languages.push_back(broken);
  bench.catalog = LanguageCatalog(languages);
  auto s = asking({"cat"});
  s.tests = {test_case("a", "a")};
  s.checker.kind = CheckerKind::kProgram;
  s.checker.language = "broken";
  const auto own = bench.run(s);
  CHECK(own.reason == Reason::kWrongAnswer);
  CHECK_THAT(own.tests.at(0).message, test::contains("secret\xef\xbf\xbd"));
  s.checker.hidden = true;
  const auto others = bench.run(s);
  CHECK(others.reason == Reason::kWrongAnswer);
  CHECK_THAT(others.tests.at(0).message, test::contains("does not compile"));
  CHECK(others.tests.at(0).message.find("secret") == std::string::npos);
}

TEST_CASE("a program whose files have names that no job can carry does not compile") {
  Bench bench;
  for (const std::string hex : {"61ff62", "2e2e"}) {
    const auto result = bench.run(made({"make-hex", hex, "1", "1"}));
    CHECK(result.reason == Reason::kCompileError);
    CHECK_THAT(result.message, test::contains("cannot be run"));
  }
}

TEST_CASE("tests that are too much for one job are run in several, and all are judged") {
  Bench bench;
  auto s = asking({"cat"});
  SECTION("inputs") {
    s.limits.output_bytes = 1'000'000;
    for (int i = 0; i < 40; ++i) s.tests.push_back(test_case(std::string(1'000'000, 'x'), "y"));
  }
  SECTION("control characters") {
    for (int i = 0; i < 40; ++i) {
      s.tests.push_back(test_case("x", "y"));
      s.tests.back().args = {"cat", std::string(60'000, '\x01')};
    }
  }
  SECTION("empty arguments") {
    for (int i = 0; i < 1000; ++i) {
      s.tests.push_back(test_case("x", "y"));
      s.tests.back().args.assign(2600, "");
      s.tests.back().args.front() = "cat";
    }
  }
  const auto result = bench.run(s);
  CHECK(result.reason == Reason::kWrongAnswer);
  REQUIRE(result.tests.size() == s.tests.size());
  for (const auto& one : result.tests) REQUIRE(one.reason == Reason::kWrongAnswer);
}

TEST_CASE("outputs that are too much for one job are checked in several") {
  Bench bench;
  auto s = asking({"cat"});
  s.limits.output_bytes = 1024 * 1024;
  for (int i = 0; i < 20; ++i) s.tests.push_back(test_case(std::string(1'000'000, 'x'), ""));
  s.checker.kind = CheckerKind::kProgram;
  s.checker.language = "checker";
  const auto result = bench.run(s);
  CHECK(result.tests.size() == 20);
  for (const auto& one : result.tests) CHECK(one.reason == Reason::kWrongAnswer);
  CHECK(result.tests.back().output.size() <= 64 * 1024);
}

TEST_CASE("a version runs in its own image, and one that was taken away is said, not tried again") {
  Bench bench;
  auto languages = bench.catalog.all();
  auto old = *bench.catalog.find("run");
  old.version = "3.11";
  old.is_default = false;
  old.image = "old";
  languages.push_back(old);
  bench.catalog = LanguageCatalog(languages);
  auto submission = asking({"say", "x"});
  submission.version = "3.11";
  CHECK_THROWS_AS(bench.run(submission), SandboxError);  // its image is not here
  bench.docker.list_images("sha256:aa runyard/run latest\nsha256:bb runyard/old latest\n");
  bench.images.refresh();
  CHECK(bench.run(submission).output == "x\n");

  submission.version = "2.7";
  const auto gone = bench.run(submission);
  CHECK(gone.status == Status::kFailed);
  CHECK(gone.reason == Reason::kSandboxFailure);
  CHECK_THAT(gone.message, test::contains("\"run\" in version \"2.7\" was taken away"));
  CHECK(bench.run(asking({"x"}, "unknown")).reason == Reason::kSandboxFailure);
}

TEST_CASE("the order of both outputs is kept where there are both") {
  Bench bench;
  const auto both = bench.run(asking({"alternate", "one ", "two ", "three"}));
  CHECK(both.output == "one three");
  CHECK(both.errors == "two ");
  CHECK(merged_output(both) == "one two three");
  CHECK(both.output_order == std::vector<int>{4, -4, 5});
  CHECK(bench.run(asking({"say", "x"})).output_order.empty());
  CHECK(bench.run(asking({"complain", "x"})).output_order.empty());
}

TEST_CASE("whoever asked for a file learns why it does not come") {
  Bench bench;
  const auto error = [&](std::vector<std::string> doing) {
    auto submission = asking(std::move(doing));
    submission.artifacts = {"out"};
    const auto result = bench.run(submission);
    CHECK(result.artifacts.size() == 1);
    const auto& artifact = result.artifacts.at(0);
    CHECK(artifact.name == "out");
    CHECK(artifact.content.empty());
    return artifact.error;
  };
  CHECK(error({"keep-back", "out", "1", "0"}) == "is not there");
  CHECK(error({"keep-back", "out", "2", "0"}) == "is not a regular file with one name");
  CHECK(error({"keep-back", "out", "3", "9000000"}) ==
        "has 9000000 bytes: all together may have 8388608");
  CHECK_THAT(error({"keep-back", "out", "4", "1"}), test::contains("at most 1024"));
  CHECK(error({"keep-back", "out", "5", "0"}) == "cannot be read");
  CHECK_THAT(error({"fail", "1"}), test::contains("exit code 0"));

  const auto large = bench.run(made({"keep-back", "main", "3", "99000000"}));
  CHECK(large.reason == Reason::kCompileError);
  CHECK_THAT(large.message, test::contains("main has 99000000 bytes"));
}

namespace {

/// What those who follow see of a run, "status:run" and the like.
std::vector<std::string> seen_of(Bench& bench, const Submission& submission, Result* result) {
  LiveFeed feed("id", 1, true, {});
  *result = ExecutionRun(bench.services, "alice", submission, bench.stop, {&feed}).run();
  feed.end_output();
  std::vector<std::string> seen;
  for (const auto& event : feed.take({}).events) {
    const auto is_status = event.kind == LiveEventKind::kStatus;
    const auto at = event.data.find(R"("stage":")");
    seen.push_back(std::string(to_string(event.kind)) + ":" +
                   (is_status ? event.data.substr(at + 9, event.data.find('"', at + 9) - at - 9)
                              : event.data));
  }
  return seen;
}

using Seen = std::vector<std::string>;

}  // namespace

TEST_CASE("stages and output are told as they come, and what a compiler writes is in the result") {
  Bench bench;
  Result result;
  const auto program = made({"make", "main", "ELF"}, {"alternate", "out", "err"});
  CHECK(seen_of(bench, program, &result) ==
        Seen{"status:compile", "status:run", "stdout:out", "stderr:err"});
  CHECK(result.output == "out");
  CHECK(seen_of(bench, program, &result) == Seen{"status:run", "stdout:out", "stderr:err"});
  CHECK(result.compile->cached);
  CHECK(seen_of(bench, made({"complain", "wrong"}), &result) == Seen{"status:compile"});
}

TEST_CASE("tests are told as they end, with nothing of what they wrote") {
  Bench bench;
  Result result;
  auto s = asking({"cat"});
  s.tests = {test_case("1", "1"), test_case("2", "other"), test_case("3", "3")};
  s.tests[1].hidden = true;
  const auto figures = R"("execution_time":2,"cpu_time_ms":1,"memory_kb":3072})";
  const auto told = [&](int index, const std::string& verdict, const std::string& rest) {
    return R"(test:{"index":)" + std::to_string(index) + R"(,"name":"test )" +
           std::to_string(index + 1) + R"(","verdict":")" + verdict + R"(",)" + rest;
  };
  CHECK(seen_of(bench, s, &result) == Seen{"status:run", told(0, "PASSED", figures),
                                           told(1, "WRONG_ANSWER", figures),
                                           told(2, "PASSED", figures)});
  s.stop_on_failure = true;
  const auto none = R"("execution_time":null,"cpu_time_ms":null,"memory_kb":null})";
  CHECK(seen_of(bench, s, &result) == Seen{"status:run", told(0, "PASSED", figures),
                                           told(1, "WRONG_ANSWER", figures),
                                           told(2, "SKIPPED", none)});
  CHECK(result.tests.at(2).skipped);
}

TEST_CASE("verdicts of a program that checks are told when it has checked") {
  Bench bench;
  Result result;
  auto s = asking({"cat"});
  s.tests = {test_case("1", "1")};
  s.checker.kind = CheckerKind::kProgram;
  s.checker.language = "checker";
  const auto seen = seen_of(bench, s, &result);
  REQUIRE(seen.size() == 2);
  CHECK_THAT(seen[1], test::contains(R"("verdict":"WRONG_ANSWER")"));
}

TEST_CASE("what somebody has seen of a run is not said again by another sandbox") {
  Bench bench;
  const auto submission = asking({"vanish"});
  SECTION("seen") {
    LiveFeed* seen = nullptr;
    LiveFeed feed("id", 1, true, [&] {
      seen->take({});
      seen->published();
    });
    seen = &feed;
    ExecutionRun run(bench.services, "alice", submission, bench.stop, {&feed});
    CHECK_THROWS_AS(run.run(), SandboxError);
    CHECK(bench.docker.calls("run ") == 1);
  }
  SECTION("not seen") {
    LiveFeed feed("id", 1, true, {});
    ExecutionRun run(bench.services, "alice", submission, bench.stop, {&feed});
    CHECK_THROWS_AS(run.run(), SandboxError);
    CHECK(bench.docker.calls("run ") == 2);
  }
}

TEST_CASE("a live run has its terminal, and its known input goes the way of what is typed") {
  Bench bench;
  auto s = asking({"echo"});
  s.stdin_data = "known";
  s.live = LiveRun{true, 100, 40};
  JobInput input(s.stdin_data, true);
  input.add({1, LiveInputKind::kResize, "90x20"});
  input.add({2, LiveInputKind::kEof, ""});
  LiveFeed feed("id", 1, true, {});
  const auto result = ExecutionRun(bench.services, "alice", s, bench.stop, {&feed, &input}).run();
  CHECK(result.output == "ready\nknown");
  CHECK(result.errors == "size 90x20\n");
}

TEST_CASE("what takes longer in all than it may is stopped, and says by which limit") {
  Bench bench;
  auto single = asking({"hang"});
  single.limits.total_ms = 50;
  const auto result = bench.run(single);
  CHECK(result.status == Status::kTimeout);
  CHECK(result.reason == Reason::kWallTime);
  CHECK_THAT(result.message, test::contains("50 ms for the whole execution"));

  auto compiled = made({"hang"});
  compiled.limits.total_ms = 50;
  const auto not_run = bench.run(compiled);
  CHECK(not_run.status == Status::kTimeout);
  CHECK(not_run.reason == Reason::kWallTime);
  CHECK(not_run.output.empty());
}

TEST_CASE("tests share the time of the whole, and those that were not run say so") {
  Bench bench;
  auto s = asking({"cat"});
  s.limits.total_ms = 100;
  s.tests = {test_case("a", "a"), test_case("b", "b"), test_case("c", "c")};
  s.tests[1].args = {"hang"};
  const auto result = bench.run(s);
  CHECK(result.status == Status::kTimeout);
  CHECK(result.reason == Reason::kWallTime);
  CHECK_THAT(result.message, test::contains("100 ms for the whole execution"));
  REQUIRE(result.tests.size() == 3);
  CHECK(result.tests[0].status == Status::kCompleted);
  CHECK(result.tests[1].status == Status::kTimeout);
  CHECK_FALSE(result.tests[1].skipped);
  CHECK(result.tests[2].skipped);
  CHECK(result.tests[2].status == Status::kCancelled);
  CHECK_THAT(result.tests[2].message, test::contains("the time of the whole execution was over"));
  CHECK(result.score == Approx(1.0 / 3));
}

TEST_CASE("checks count to the time of the whole") {
  Bench bench;
  auto languages = bench.catalog.all();
  for (auto& language : languages)
    if (language.id == "checker") language.run_argv = {"hang"};
  bench.catalog = LanguageCatalog(languages);
  auto s = asking({"cat"});
  s.limits.total_ms = 300;
  s.tests = {test_case("a", "a"), test_case("b", "b")};
  s.checker.kind = CheckerKind::kProgram;
  s.checker.language = "checker";
  s.checker.code = "never ends";
  const auto result = bench.run(s);
  CHECK(result.status == Status::kTimeout);
  CHECK_THAT(result.tests[0].message, test::contains("not checked"));
  CHECK_THAT(result.tests[1].message, test::contains("not checked"));
}

TEST_CASE("a long submission gives its slot back between tests and goes on where it was") {
  Bench bench;
  auto s = asking({"cat"});
  s.tests = {test_case("a", "a"), test_case("b", "b"), test_case("c", "c")};
  s.tests[1].args = {"hang"};
  int turns = 0;
  LiveFeed feed("id", 1, true, {});
  SlotTurns slot;
  slot.over = [&] { return turns == 0; };
  slot.give_up = [&] {
    ++turns;
    // Its sandbox is nobody's meanwhile: what was running has ended.
    CHECK(bench.pool.counts().lent == 0);
  };
  // In its second turn the program of the second test hangs for as long as the whole may take.
  s.limits.total_ms = 200;
  const auto result =
      ExecutionRun(bench.services, "alice", s, bench.stop, {&feed}, "id", slot).run();
  CHECK(turns == 1);
  REQUIRE(result.tests.size() == 3);
  CHECK(result.tests[0].status == Status::kCompleted);
  CHECK(result.tests[0].output == "a");
  CHECK(result.tests[1].status == Status::kTimeout);  // and not as it was cut short
  CHECK(result.tests[2].skipped);
  feed.end_output();
  std::vector<std::string> told;
  for (const auto& event : feed.take({}).events)
    if (event.kind == LiveEventKind::kTest) told.push_back(event.data);
  REQUIRE(told.size() == 3);
  for (int i = 0; i < 3; ++i) CHECK_THAT(told[i], test::contains(s.tests[i].name));
}

TEST_CASE("tests that were faster than the end of their turn are not run again") {
  Bench bench;
  auto s = asking({"cat"});
  for (int i = 0; i < 50; ++i) s.tests.push_back(test_case(std::to_string(i), std::to_string(i)));
  int turns = 0;
  SlotTurns slot{[] { return true; }, [&] { ++turns; }};
  const auto result = ExecutionRun(bench.services, "alice", s, bench.stop, {}, "id", slot).run();
  CHECK(result.status == Status::kCompleted);
  REQUIRE(result.tests.size() == 50);
  for (int i = 0; i < 50; ++i) CHECK(result.tests[i].output == std::to_string(i));
}

TEST_CASE("what is cancelled while others have its slot ends with what it has") {
  Bench bench;
  auto s = asking({"cat"});
  s.tests = {test_case("a", "a"), test_case("b", "b"), test_case("c", "c")};
  s.tests[1].args = {"hang"};
  SlotTurns slot{[] { return true; }, [&] { bench.stop.cancel(); }};
  const auto result = ExecutionRun(bench.services, "alice", s, bench.stop, {}, "id", slot).run();
  CHECK(result.status == Status::kCancelled);
  REQUIRE(result.tests.size() == 3);
  CHECK(result.tests[0].status == Status::kCompleted);
  CHECK(result.tests[1].status == Status::kCancelled);
  CHECK(result.tests[2].message == "cancelled");
}
