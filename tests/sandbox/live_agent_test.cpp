// What is typed into a running program and what comes back at once: pipes and terminals.
#include <chrono>
#include <string>
#include <vector>

#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;
using protocol::FrameType;
using protocol::Limit;

namespace {

/// A running interactive job and all that has come of it.
struct Conversation {
  explicit Conversation(const std::string& code, bool tty = false, std::uint64_t wall_ms = 20'000)
      : Conversation(
            [&] {
              auto job = python(code);
              job.steps[0].wall_ms = wall_ms;
              return job;
            }(),
            tty) {}
  Conversation(TestJob job, bool tty) {
    REQUIRE(session.hello().empty());
    job.live = true;
    job.tty = tty;
    job.steps.back().interactive = true;
    session.submit(job);
  }

  void type(const std::string& text) { session.send(FrameType::kStdin, text); }
  /// Reads until the program has said this.
  bool hears(const std::string& text) {
    return reads_until([&] { return out.find(text) != std::string::npos; });
  }
  bool takes(std::uint64_t bytes) {
    return reads_until([&] { return taken >= bytes; });
  }
  /// The rest; `out` has all of it.
  protocol::StepEnded ends() {
    const auto outcome = session.outcome();
    out += outcome.out;
    clean = outcome.clean;
    tainted = outcome.tainted;
    REQUIRE(outcome.steps.size() == 1);
    return outcome.steps[0];
  }

  AgentSession session;
  std::string out;
  std::uint64_t taken = 0;
  bool clean = false;
  std::string tainted;

 private:
  template <typename Condition>
  bool reads_until(const Condition& holds) {
    AgentSession::Received frame;
    while (!holds()) {
      if (!session.receive(frame) || frame.type == FrameType::kStepEnded) return false;
      if (frame.type == FrameType::kStdout) out += frame.payload;
      if (frame.type != FrameType::kStdinTaken) continue;
      std::string_view payload = frame.payload;
      const auto now = protocol::detail::get<std::uint64_t>(payload);
      REQUIRE(now > taken);
      taken = now;
    }
    return true;
  }
};

bool have_engine() {
  if (!agent_test_image().empty()) return true;
  WARN("no docker engine answers: skipped");
  return false;
}

std::string size(std::uint16_t cols, std::uint16_t rows) {
  std::string payload;
  protocol::detail::put(payload, cols);
  protocol::detail::put(payload, rows);
  return payload;
}

const char* const kPrompt =
    "#include <stdio.h>\n"
    "int main(void) {\n"
    "  char name[32];\n"
    "  printf(\"name: \");\n"
    "  if (scanf(\"%31s\", name) != 1) return 1;\n"
    "  printf(\"hello %s\\n\", name);\n"
    "}\n";

}  // namespace

TEST_CASE("What is typed is told as taken when the program can have it") {
  if (!have_engine()) return;
  Conversation talk("while True: print(input()[::-1], flush=True)");
  talk.type("abc\n");
  CHECK(talk.hears("cba\n"));
  CHECK(talk.takes(4));
  talk.type("de\n");
  CHECK(talk.takes(7));
  talk.session.send(FrameType::kStdinEof);
  CHECK(talk.ends().exit_code == 1);
  CHECK(talk.clean);
}

TEST_CASE("Input that nobody reads is not told as taken, and a cancel behind it is obeyed") {
  if (!have_engine()) return;
  Conversation talk("import time\nprint('ready', flush=True)\ntime.sleep(100)");
  CHECK(talk.hears("ready"));
  // A pipe holds 64 KiB; as much again waits in the agent, which is what a worker may send.
  const std::string piece(16 * 1024, 'x');
  for (int i = 0; i < 4; ++i) talk.type(piece);
  CHECK(talk.takes(4 * piece.size()));
  for (int i = 0; i < 4; ++i) talk.type(piece);
  talk.session.send(FrameType::kCancel);
  CHECK(talk.ends().limit == Limit::kCancelled);
  CHECK(talk.taken == 4 * piece.size());
}

TEST_CASE("Input for a program that has closed its stdin is thrown away") {
  if (!have_engine()) return;
  Conversation talk(
      "import os, sys, time\n"
      "os.close(0)\n"
      "print('closed', flush=True)\n"
      "time.sleep(100)\n");
  CHECK(talk.hears("closed"));
  const std::string piece(32 * 1024, 'x');
  // Far more than the agent would hold.
  for (int i = 0; i < 20; ++i) {
    talk.type(piece);
    REQUIRE(talk.takes(static_cast<std::uint64_t>(i + 1) * piece.size()));
  }
  talk.session.send(FrameType::kCancel);
  CHECK(talk.ends().limit == Limit::kCancelled);
}

TEST_CASE("Output of a running program leaves soon, also when nobody listens to it") {
  if (!have_engine()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  // The first word must come while the program still runs: it ends by the cancel alone.
  auto job = python("import time\nprint('one', flush=True)\ntime.sleep(100)\n");
  job.steps[0].wall_ms = 20'000;
  session.submit(job);
  AgentSession::Received frame;
  REQUIRE(session.receive(frame));
  CHECK(frame.type == FrameType::kStdout);
  CHECK(frame.payload == "one\n");
  session.send(FrameType::kCancel);
  CHECK(session.outcome().steps.at(0).limit == Limit::kCancelled);
}

TEST_CASE("A terminal shows a prompt that was not flushed") {
  if (!have_engine()) return;
  TestJob job;
  job.files["main.c"] = kPrompt;
  job.steps.resize(2);
  job.steps[0].kind = "compile";
  job.steps[0].argv = {"gcc", "-o", "main", "main.c"};
  job.steps[1].argv = {"./main"};
  AgentSession session;
  REQUIRE(session.hello().empty());
  job.live = job.tty = true;
  job.steps[1].interactive = true;
  session.submit(job);
  std::string out;
  AgentSession::Received frame;
  while (out.find("name: ") == std::string::npos && session.receive(frame))
    if (frame.type == FrameType::kStdout) out += frame.payload;
  CHECK(out == "name: ");
  session.send(FrameType::kStdin, "ada\n");
  const auto outcome = session.outcome();
  CHECK(outcome.out == "ada\r\nhello ada\r\n");  // a terminal echoes
  CHECK(outcome.steps.at(0).exit_code == 0);     // the compiler's end was read above
  CHECK(outcome.clean);
}

TEST_CASE("Ctrl-C at a terminal reaches the foreground process group") {
  if (!have_engine()) return;
  const std::string waits =
      "import time\n"
      "try:\n"
      "  print('ready', flush=True)\n"
      "  time.sleep(100)\n"
      "except KeyboardInterrupt: print('interrupted')\n";
  SECTION("typed") {
    Conversation talk(waits, true);
    CHECK(talk.hears("ready"));
    talk.type("\x03");
    CHECK(talk.ends().exit_code == 0);
    CHECK(talk.out.find("interrupted") != std::string::npos);
    CHECK(talk.clean);
  }
  SECTION("as a signal") {
    Conversation talk(waits, true);
    CHECK(talk.hears("ready"));
    talk.session.send(FrameType::kSignal, "\x02");
    CHECK(talk.ends().exit_code == 0);
    CHECK(talk.out.find("interrupted") != std::string::npos);
    CHECK(talk.clean);
  }
  SECTION("and not whoever started it") {
    const std::string starts_another =
        "import os, signal, time\n"
        "signal.signal(signal.SIGTTOU, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "  os.setpgid(0, 0)\n"
        "  os.tcsetpgrp(0, os.getpid())\n"
        "  signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
        "  print('ready', flush=True)\n"
        "  time.sleep(100)\n"
        "status = os.waitpid(child, 0)[1]\n"
        "os.tcsetpgrp(0, os.getpgrp())\n"
        "print('child', os.WTERMSIG(status))\n"
        "raise SystemExit(3)\n";
    for (const bool typed : {true, false}) {
      Conversation talk(starts_another, true);
      CHECK(talk.hears("ready"));
      if (typed)
        talk.type("\x03");
      else
        talk.session.send(FrameType::kSignal, "\x02");
      CHECK(talk.ends().exit_code == 3);
      CHECK(talk.out.find("child 2") != std::string::npos);
      CHECK(talk.clean);
    }
  }
}

TEST_CASE("Ctrl-D at a terminal ends the input") {
  if (!have_engine()) return;
  const std::string reads =
      "import sys\nprint('ready', flush=True)\nprint('got', repr(sys.stdin.read()))\n";
  SECTION("typed") {
    Conversation talk(reads, true);
    CHECK(talk.hears("ready"));
    talk.type("a line\n\x04");
    CHECK(talk.ends().exit_code == 0);
    CHECK(talk.out.find("got 'a line\\n'") != std::string::npos);
    CHECK(talk.clean);
  }
  SECTION("as the end of input, also behind a line without its end") {
    for (const std::string line : {"a line\n", "a line", ""}) {
      Conversation talk(reads, true);
      CHECK(talk.hears("ready"));
      if (!line.empty()) talk.type(line);
      talk.session.send(FrameType::kStdinEof);
      CHECK(talk.ends().exit_code == 0);
      CHECK(talk.out.find(line.empty() ? "got ''" : "got 'a line") != std::string::npos);
    }
  }
}

TEST_CASE("A terminal that changes its size tells the program") {
  if (!have_engine()) return;
  Conversation talk(
      "import os, signal\n"
      "signal.signal(signal.SIGWINCH, lambda *a: print('now', *os.get_terminal_size(), "
      "flush=True))\n"
      "print('first', *os.get_terminal_size(), flush=True)\n"
      "while True: signal.pause()\n",
      true);
  CHECK(talk.hears("first 80 24\r\n"));
  talk.session.send(FrameType::kResize, size(132, 50));
  CHECK(talk.hears("now 132 50\r\n"));
  talk.session.send(FrameType::kResize, size(40, 10));
  CHECK(talk.hears("now 40 10\r\n"));
  talk.session.send(FrameType::kSignal, "\x0f");
  CHECK(talk.ends().signal == 15);
}

TEST_CASE("A resize to a size that no terminal has ends the sandbox") {
  if (!have_engine()) return;
  Conversation talk("input()", true);
  talk.session.send(FrameType::kResize, size(0, 24));
  CHECK(talk.session.outcome().tainted == "RESIZE to a size that no terminal has");
}

TEST_CASE("A terminal leaves nothing, whatever was done with it") {
  if (!have_engine()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  const std::vector<std::string> programs = {
      "pass",
      // Its end without its program's: the master answers EIO from then on.
      "import os, time\n[os.close(i) for i in (0, 1, 2)]\ntime.sleep(0.05)\n",
      // Raw, no echo, not restored.
      "import tty\ntty.setraw(0)\nprint('raw')\n",
      // Somebody in the background holds it, in a session of his own.
      "import os, time\n"
      "if os.fork() == 0:\n  os.setsid()\n  time.sleep(100)\n",
      // The terminal itself lives on inside of a socket that holds itself.
      "import socket, array\n"
      "a, b = socket.socketpair()\n"
      "fds = array.array('i', [0, a.fileno(), b.fileno()])\n"
      "a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])\n",
  };
  for (const auto& program : programs) {
    auto job = python(program);
    job.live = job.tty = true;
    job.steps[0].interactive = true;
    const auto outcome = session.run(job);
    INFO(program << outcome.out);
    REQUIRE(outcome.steps.size() == 1);
    CHECK(outcome.steps[0].limit == Limit::kNone);
    CHECK(outcome.clean);
    CHECK(outcome.tainted.empty());
    if (!outcome.clean) return;
  }
  // The next job has pipes, and no terminal to be found.
  const auto after =
      session.run(python("import os\nprint(os.isatty(1), sorted(os.listdir('/dev/pts')))\n"
                         "try: open('/dev/tty')\nexcept OSError as e: print(e.errno)\n"));
  CHECK(after.out == "False ['ptmx']\n6\n");
}

TEST_CASE(
    "A job may have twice its processes by the limit of its user, which only holds the line") {
  if (!have_engine()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  for (const std::uint64_t processes : {1u, 20u}) {
    auto job = python("import resource\nprint(*resource.getrlimit(resource.RLIMIT_NPROC))");
    job.steps[0].processes = processes;
    const auto twice = std::to_string(2 * (processes + 8));
    CHECK(session.run(job).out == twice + " " + twice + "\n");
  }
}
