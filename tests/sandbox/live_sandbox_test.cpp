// A worker's conversation with a real sandbox: what is typed, what comes back, and what is too
// much.
#include <atomic>
#include <thread>

#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "worker/sandbox.hpp"
#include "worker/worker_config.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

bool have_engine() {
  if (!agent_test_image().empty()) return true;
  WARN("no docker engine answers: skipped");
  return false;
}

Job python_job(const std::string& code, bool tty = false) {
  Job job;
  job.files = {{"main.py", code}};
  JobStep step;
  step.argv = {"python3", "main.py"};
  step.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/box", "PYTHONUNBUFFERED=1",
                      "TERM=xterm-256color"};
  step.interactive = true;
  step.wall_ms = step.cpu_ms = 20'000;
  step.output_bytes = 65'536;
  step.file_bytes = 1 << 20;
  step.processes = 16;
  job.steps = {step};
  job.live = true;
  if (tty) job.tty = TtySize{90, 25};
  return job;
}

struct Bench {
  Bench() {
    docker.docker = find_program("docker");
    docker.config_dir = folder.path().string();
    docker.seccomp_profile = source_path("docker/seccomp/profile.json");
    docker.label = "live-sandbox-test";
    docker.agent = find_agent("");
    SandboxClass sandbox_class;
    sandbox_class.image_id = agent_test_image();
    sandbox_class.brings_agent = false;
    sandbox = std::make_unique<Sandbox>(processes, docker, sandbox_class, 20000, 30s);
  }

  StepOutcome run(const Job& job, JobInput& input, const Sandbox::OnOutput& on_output = {}) {
    Sandbox::Hooks hooks;
    hooks.input = &input;
    hooks.on_output = on_output;
    return std::move(sandbox->run(job, stop, hooks).at(0));
  }

  TempDir folder;
  DockerSettings docker;
  ProcessHost processes;
  StopSignal stop;
  std::unique_ptr<Sandbox> sandbox;
};

}  // namespace

TEST_CASE("a conversation by pipes, and the sandbox serves again") {
  if (!have_engine()) return;
  Bench bench;
  for (int i = 0; i < 2; ++i) {
    JobInput input("ada\n", false);
    std::string heard;
    const auto outcome = bench.run(
        python_job("print('name?')\nprint('hello', input())\nprint('sum', sum(int(x) for x in "
                   "iter(input, '')))\n"),
        input, [&](bool, std::string_view bytes) {
          const bool before = heard.find("hello ada") == std::string::npos;
          heard += bytes;
          if (!before || heard.find("hello ada") == std::string::npos) return;
          input.add({1, LiveInputKind::kStdin, "1\n2\n"});
          input.add({2, LiveInputKind::kStdin, "3\n\n"});
        });
    CHECK(outcome.output == "name?\nhello ada\nsum 6\n");
    CHECK(outcome.output == heard);
    CHECK(bench.sandbox->finish());
  }
}

TEST_CASE("at a terminal the job has its size, its name and its signals") {
  if (!have_engine()) return;
  Bench bench;
  JobInput input("", true);
  std::string heard;
  std::int64_t id = 0;
  const auto once = [&](const std::string& text) {
    return heard.size() >= text.size() &&
           heard.compare(heard.size() - text.size(), text.size(), text) == 0;
  };
  const auto outcome =
      bench.run(python_job("import os, signal\n"
                           "def resized(*_): print('size', *os.get_terminal_size())\n"
                           "signal.signal(signal.SIGWINCH, resized)\n"
                           "try:\n"
                           "  resized()\n"
                           "  print(os.environ['TERM'])\n"
                           "  signal.pause(); signal.pause()\n"
                           "except KeyboardInterrupt: print('interrupted')\n"
                           "while True: print('line', input('> '))\n",
                           true),
                input, [&](bool, std::string_view bytes) {
                  heard += bytes;
                  if (once("xterm-256color\r\n"))
                    input.add({++id, LiveInputKind::kResize, "120x40"});
                  if (once("size 120 40\r\n")) input.add({++id, LiveInputKind::kStdin, "\x03"});
                  if (once("interrupted\r\n> "))
                    input.add({++id, LiveInputKind::kStdin, "words\r"});
                  if (once("line words\r\n> ")) input.add({++id, LiveInputKind::kEof, ""});
                });
  CHECK(outcome.output.rfind("size 90 25\r\nxterm-256color\r\nsize 120 40\r\n", 0) == 0);
  CHECK(outcome.output.find("EOFError") != std::string::npos);
  CHECK(outcome.ended.exit_code == 1);
  CHECK(bench.sandbox->finish());
}

TEST_CASE("a flood of input that nobody reads stays behind, and a cancel ends it") {
  if (!have_engine()) return;
  Bench bench;
  JobInput input(std::string(1 << 20, 'x'), false);
  for (int id = 1; id <= 16; ++id)
    input.add({id, LiveInputKind::kStdin, std::string(kMaxLivePiece, 'y')});
  std::thread canceller([&] {
    // What the pipe holds was taken; as much again is on its way, and no more.
    await([&] { return input.sent() >= 2 * protocol::kMaxOutstandingInput; });
    bench.stop.cancel();
  });
  const auto outcome = bench.run(python_job("import time\ntime.sleep(100)"), input);
  canceller.join();
  CHECK(outcome.ended.limit == protocol::Limit::kCancelled);
  CHECK(input.sent() == 2 * protocol::kMaxOutstandingInput);
  CHECK(input.done_id() == 0);
}

TEST_CASE("a large input reaches a program that reads it, whole") {
  if (!have_engine()) return;
  Bench bench;
  JobInput input(std::string(3'000'000, 'x'), false);
  input.add({1, LiveInputKind::kStdin, "y"});
  input.add({2, LiveInputKind::kEof, ""});
  const auto outcome = bench.run(
      python_job("import sys\ntext = sys.stdin.read()\nprint(len(text), text[-2:])"), input);
  CHECK(outcome.output == "3000001 xy\n");
  CHECK(input.done_id() == 2);
  CHECK(bench.sandbox->finish());
}

TEST_CASE("who writes a gigabyte is cut at the limit, and nobody is handed more") {
  if (!have_engine()) return;
  for (const bool tty : {false, true}) {
    Bench bench;
    JobInput input("", tty);
    std::size_t heard = 0;
    const auto outcome =
        bench.run(python_job("import os\nfor _ in range(1024): os.write(1, b'x' * (1 << 20))", tty),
                  input, [&](bool, std::string_view bytes) { heard += bytes.size(); });
    CHECK(outcome.ended.limit == protocol::Limit::kStdout);
    CHECK(outcome.ended.stdout_truncated);
    CHECK(outcome.output.size() == 65'536);
    CHECK(heard == 65'536);
  }
}

TEST_CASE("input on its way to a program that ends spoils nothing") {
  if (!have_engine()) return;
  Bench bench;
  for (int i = 0; i < 5; ++i) {
    JobInput input(std::string(500'000, 'x'), false);
    CHECK(bench.run(python_job("print('bye')"), input).output == "bye\n");
    CHECK(bench.sandbox->finish());
  }
}
