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

TEST_CASE("tests behind one that left what cannot be taken away are run in another sandbox") {
  Bench bench;
  auto s = asking({"cat"});
  for (const char* name : {"a", "b", "c", "d"}) s.tests.push_back(test_case(name, name));
  s.tests[0].args = {"leave", "a"};
  s.tests[2].args = {"leave", "c"};
  const auto result = bench.run(s);
  CHECK(result.status == Status::kCompleted);
  CHECK(result.score == Approx(1));
  CHECK(bench.docker.calls("run") == 3);

  s.stop_on_failure = true;
  s.tests[0].expected_output = "x";
  const auto stopped = bench.run(s);
  CHECK(stopped.reason == Reason::kWrongAnswer);
  CHECK(stopped.tests[1].skipped);
  CHECK(stopped.tests[3].skipped);
}

TEST_CASE("files that fit into no sandbox are tried in one, for all tests") {
  Bench bench;
  auto s = asking({"no-room"});
  for (const char* name : {"a", "b", "c", "d"}) s.tests.push_back(test_case(name, name));
  const auto result = bench.run(s);
  REQUIRE(result.tests.size() == 4);
  for (const auto& test : result.tests) {
    CHECK(test.reason == Reason::kDiskLimit);
    CHECK_FALSE(test.skipped);
  }
  CHECK(bench.docker.calls("run") == 1);
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
