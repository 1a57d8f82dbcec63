#include "worker/sandbox.hpp"

#include <thread>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_docker.hpp"
#include "tests/support/own_process.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;
using runyard::test::fake_job;
using runyard::test::FakeDocker;

namespace {

/// One sandbox on a fake docker.
struct Bench {
  FakeDocker docker;
  ProcessHost processes;
  StopSignal stop;

  std::unique_ptr<Sandbox> start(std::chrono::milliseconds deadline = 10s) {
    return std::make_unique<Sandbox>(processes, docker.settings(), test::fake_class(), 20000,
                                     deadline);
  }
  /// What starting a sandbox that behaves so fails with.
  std::string failure_of(const std::string& behaviour) {
    docker.run_as({behaviour});
    try {
      start(behaviour == "mute" ? 200ms : 10s);
    } catch (const SandboxError& e) {
      return e.what();
    }
    return "";
  }
  /// What running such a job fails with.
  std::string broken_by(std::vector<std::string> argv) {
    auto sandbox = start();
    try {
      sandbox->run(fake_job(std::move(argv)), stop, {});
    } catch (const SandboxError& e) {
      return e.what();
    }
    return "";
  }
};

}  // namespace

TEST_CASE("a sandbox runs one job after the other") {
  Bench bench;
  auto sandbox = bench.start();
  CHECK(sandbox->alive());
  for (int i = 1; i <= 3; ++i) {
    const auto outcomes = sandbox->run(fake_job({"say", "job", std::to_string(i)}), bench.stop, {});
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].output == "job " + std::to_string(i) + "\n");
    CHECK(outcomes[0].ended.exit_code == 0);
    CHECK(sandbox->finish());
    CHECK(sandbox->jobs() == i);
    CHECK(sandbox->alive());
  }
}

TEST_CASE("files and inputs larger than a frame and a pipe arrive whole") {
  Bench bench;
  auto sandbox = bench.start();
  auto job = fake_job({"cat"});
  job.files.push_back({"big", std::string(3'000'000, 'f')});
  job.steps[0].stdin_data = std::string(1'000'000, 's');
  job.steps[0].output_bytes = 1'000'000;
  CHECK(sandbox->run(job, bench.stop, {}).at(0).output == job.steps[0].stdin_data);
}

TEST_CASE("a sandbox that cannot be had says why") {
  Bench bench;
  CHECK_THAT(bench.failure_of("exit125"), test::contains("no such image"));
  CHECK_THAT(bench.failure_of("refuse"), test::contains("a capability is missing"));
  CHECK_THAT(bench.failure_of("wrong-nonce"), test::contains("READY to another HELLO"));
  CHECK_THAT(bench.failure_of("old-version"), test::contains("build the images anew"));
  CHECK_THAT(bench.failure_of("garbage"), test::contains("frame"));
  CHECK_THAT(bench.failure_of("mute"), test::contains("no answer in time"));
  SECTION("and its container is taken away") {
    CHECK(await([&] { return bench.docker.calls("rm -f -- runyard-") >= 6; }));
    CHECK(await([&] { return test::children() == 0; }));
  }
}

TEST_CASE("a docker client that does not exist is a sandbox error too") {
  Bench bench;
  auto settings = bench.docker.settings();
  settings.docker = "/no/such/docker";
  CHECK_THROWS_AS(Sandbox(bench.processes, settings, test::fake_class(), 20000, 1s), SandboxError);
}

TEST_CASE("an agent that breaks the protocol costs its sandbox") {
  Bench bench;
  CHECK_THAT(bench.broken_by({"vanish"}), test::contains("it ended"));
  CHECK_THAT(bench.broken_by({"garbage"}), test::contains("frame"));
  CHECK_THAT(bench.broken_by({"flood"}), test::contains("output beyond its limit"));
  CHECK_THAT(bench.broken_by({"other-job"}), test::contains("another job"));
  CHECK_THAT(bench.broken_by({"other-step"}), test::contains("step"));
  CHECK_THAT(bench.broken_by({"no-steps"}), test::contains("ended before"));
  CHECK_THAT(bench.broken_by({"chatter"}), test::contains("after the job's end"));
}

TEST_CASE("a job that gets no answer is over some seconds after its limits") {
  CHECK(longest(fake_job({"x"})) == 5000ms);
}

TEST_CASE("a tainted sandbox is not clean, and one without a proof neither") {
  Bench bench;
  auto tainted = bench.start();
  tainted->run(fake_job({"taint"}), bench.stop, {});
  CHECK_FALSE(tainted->finish());
  auto silent = bench.start();
  silent->run(fake_job({"no-proof"}), bench.stop, {});
  CHECK_FALSE(silent->finish());
}

TEST_CASE("a cancelled job ends as cancelled") {
  Bench bench;
  auto sandbox = bench.start();
  std::thread canceller([&] { bench.stop.cancel(); });
  const auto outcomes = sandbox->run(fake_job({"hang"}), bench.stop, {});
  canceller.join();
  CHECK(outcomes.at(0).ended.limit == protocol::Limit::kCancelled);
  CHECK_FALSE(sandbox->finish());
}

TEST_CASE("an abandoned job is dropped at once") {
  Bench bench;
  auto sandbox = bench.start();
  std::thread dropper([&] { bench.stop.abandon(); });
  CHECK_THROWS_WITH(sandbox->run(fake_job({"hang"}), bench.stop, {}), test::contains("abandoned"));
  dropper.join();
}

TEST_CASE("abandoning outweighs cancelling, and cannot be taken back") {
  StopSignal stop;
  CHECK_FALSE(stop.cancelled());
  stop.abandon();
  stop.cancel();
  CHECK(stop.cancelled());
  CHECK(stop.abandoned());
}

TEST_CASE("whoever looks at each step may stop the rest") {
  Bench bench;
  auto sandbox = bench.start();
  auto job = fake_job({"say", "first"});
  job.steps.push_back(job.steps[0]);
  job.steps[1].argv = {"hang"};
  std::size_t seen = 0;
  Sandbox::Hooks hooks;
  hooks.on_step = [&](std::size_t i, const StepOutcome&) {
    ++seen;
    return i != 0;
  };
  const auto outcomes = sandbox->run(job, bench.stop, hooks);
  REQUIRE(outcomes.size() == 2);
  CHECK(seen == 2);
  CHECK(outcomes[1].ended.limit == protocol::Limit::kCancelled);
}

TEST_CASE("a sandbox whose client has died while it was idle is not alive") {
  Bench bench;
  bench.docker.run_as({"dies"});
  auto sandbox = bench.start();
  CHECK(await([&] { return !sandbox->alive(); }));
}

TEST_CASE("a destroyed sandbox leaves no process and no descriptor") {
  FakeDocker docker;
  docker.run_as({"good", "lingers", "good"});
  const int before = test::open_fds();
  {
    ProcessHost processes;
    StopSignal stop;
    std::string lingering;
    for (int i = 0; i < 3; ++i) {
      Sandbox sandbox(processes, docker.settings(), test::fake_class(), 20000, 10s);
      sandbox.run(fake_job({"say", "hello"}), stop, {});
      if (i == 1) lingering = sandbox.name();
    }
    // Two end by themselves, unless the machine is too busy; that one is killed, and its container
    // removed by force.
    CHECK(await([] { return test::children() == 0; }));
    CHECK(await([&] { return docker.calls("rm -f -- " + lingering) == 1; }));
  }
  CHECK(test::open_fds() == before);
}

TEST_CASE("what a step writes is handed on as it comes") {
  Bench bench;
  auto sandbox = bench.start();
  std::vector<std::string> pieces;
  Sandbox::Hooks hooks;
  hooks.on_output = [&](bool errors, std::string_view bytes) {
    pieces.push_back((errors ? "err:" : "out:") + std::string(bytes));
  };
  for (const bool live : {false, true}) {
    pieces.clear();
    auto job = fake_job({"alternate", "a", "b", "c"});
    job.live = live;
    CHECK(sandbox->run(job, bench.stop, hooks).at(0).output == "ac");
    CHECK(pieces == std::vector<std::string>{"out:a", "err:b", "out:c"});
    CHECK(sandbox->finish());
  }
}

namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Job echoing(bool tty = false) {
  auto job = fake_job({"echo"});
  job.live = true;
  job.steps[0].interactive = true;
  job.steps[0].output_bytes = 1 << 20;
  if (tty) job.tty = TtySize{100, 30};
  return job;
}

}  // namespace

TEST_CASE("what is typed before and while a job runs reaches it, in order, and is told as taken") {
  Bench bench;
  auto sandbox = bench.start();
  JobInput input("first ", true);
  input.add({1, LiveInputKind::kStdin, "second "});
  Sandbox::Hooks hooks;
  hooks.input = &input;
  std::string heard;
  std::string errors;
  hooks.on_output = [&](bool is_errors, std::string_view bytes) {
    (is_errors ? errors : heard) += bytes;
    if (is_errors && ends_with(errors, "signal 2\n")) input.add({5, LiveInputKind::kEof, ""});
    if (!is_errors && ends_with(heard, "second ")) {
      input.add({2, LiveInputKind::kStdin, "third"});
      input.add({3, LiveInputKind::kResize, "120x40"});
      input.add({4, LiveInputKind::kSignal, "SIGINT"});
    }
  };
  const auto outcome = sandbox->run(echoing(true), bench.stop, hooks).at(0);
  CHECK(outcome.output == "ready\nfirst second third");
  CHECK(outcome.errors == "size 120x40\nsignal 2\n");
  CHECK(outcome.ended.exit_code == 0);
  CHECK(input.done_id() == 5);
  CHECK(sandbox->finish());
}

TEST_CASE("a cancel is obeyed behind input that nobody takes") {
  Bench bench;
  auto sandbox = bench.start();
  JobInput input(std::string(1 << 20, 'x'), false);
  for (int id = 1; id <= 16; ++id)
    input.add({id, LiveInputKind::kStdin, std::string(kMaxLivePiece, 'y')});
  auto job = echoing();
  job.steps[0].argv = {"hang"};
  Sandbox::Hooks hooks;
  hooks.input = &input;
  std::thread canceller([&] {
    await([&] { return input.sent() == protocol::kMaxOutstandingInput; });
    bench.stop.cancel();
  });
  const auto outcomes = sandbox->run(job, bench.stop, hooks);
  canceller.join();
  CHECK(outcomes.at(0).ended.limit == protocol::Limit::kCancelled);
  CHECK(input.sent() == protocol::kMaxOutstandingInput);
  CHECK(input.done_id() == 0);
}

TEST_CASE("an agent that takes more than it was given costs its sandbox") {
  Bench bench;
  auto sandbox = bench.start();
  JobInput input("typed", false);
  auto job = echoing();
  job.steps[0].argv = {"take-all"};
  Sandbox::Hooks hooks;
  hooks.input = &input;
  CHECK_THROWS_WITH(sandbox->run(job, bench.stop, hooks), test::contains("more input taken"));
}
