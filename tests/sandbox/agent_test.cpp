// The agent in a real sandbox, and what becomes of each promise when its protection is left out.
#include <chrono>
#include <string>
#include <thread>

#include "tests/support/agent_session.hpp"
#include "tests/support/at_best.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

using namespace runyard;
using namespace runyard::test;
using protocol::FrameType;
using protocol::Limit;

namespace {

/// Runs one Python program in a sandbox of its own.
JobOutcome run_alone(const TestJob& job, const SandboxOptions& options = {}) {
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  return session.run(job);
}

SandboxOptions without(const std::string& protection) {
  SandboxOptions options;
  options.agent_without = protection;
  return options;
}

TestJob with_limits(const std::string& code, std::uint64_t wall_ms, std::uint64_t cpu_ms = 20'000) {
  TestJob job = python(code);
  job.steps[0].wall_ms = wall_ms;
  job.steps[0].cpu_ms = cpu_ms;
  return job;
}

bool have_docker() {
  if (!agent_test_image().empty()) return true;
  WARN("no docker engine answers: skipped");
  return false;
}

const char* const kForbiddenCall =
    "import ctypes\n"
    "ctypes.CDLL(None).syscall(165, 0, 0, 0, 0, 0)\n"  // mount
    "print('alive')";

const char* const kDaemon =
    "import os, time\n"
    "if os.fork() == 0:\n"
    "  os.setsid()\n"
    "  if os.fork() == 0:\n"
    "    time.sleep(100)\n"
    "  os._exit(0)\n"
    "os.wait()\n"
    "print('bye')";

}  // namespace

TEST_CASE("A sandbox serves job after job") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  for (int i = 0; i < 3; ++i) {
    const auto outcome = session.run(python("import os; print('hi', os.listdir('/box'))"));
    CHECK(outcome.out == "hi ['main.py']\n");
    REQUIRE(outcome.steps.size() == 1);
    CHECK(outcome.steps[0].exit_code == 0);
    CHECK(outcome.steps[0].limit == Limit::kNone);
    CHECK(outcome.steps[0].wall_us > 1000);
    CHECK(outcome.steps[0].cpu_us > 1000);
    CHECK(outcome.steps[0].peak_bytes > 4u << 20);
    CHECK(outcome.steps[0].peak_bytes < 64u << 20);
    CHECK(outcome.clean);
  }
}

TEST_CASE("A program is compiled once, collected, and run with several inputs") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  TestJob job;
  job.files["main.c"] =
      "#include <stdio.h>\nint main(){int a;scanf(\"%d\",&a);printf(\"%d\\n\",a*a);return a%2;}";
  job.steps.resize(3);
  job.steps[0].kind = "compile";
  job.steps[0].argv = {"gcc", "-o", "main", "main.c"};
  job.steps[0].collect = {"main", "*.c", "none"};
  job.steps[1].argv = job.steps[2].argv = {"./main"};
  job.steps[1].stdin_bytes = "12";
  job.steps[2].stdin_bytes = "13";
  const auto outcome = session.run(job);
  CHECK(outcome.out == "144\n169\n");
  REQUIRE(outcome.steps.size() == 3);
  CHECK(outcome.steps[1].exit_code == 0);
  CHECK(outcome.steps[2].exit_code == 1);
  REQUIRE(outcome.artifacts.size() == 2);
  CHECK(outcome.artifacts[0].name == "main");
  CHECK((outcome.artifacts[0].mode & 0111u) == 0111u);
  CHECK(outcome.artifacts[0].bytes.substr(0, 4) ==
        "\x7f"
        "ELF");
  CHECK(outcome.artifacts[1].bytes == job.files["main.c"]);
  CHECK(outcome.clean);
}

TEST_CASE("A program that does not compile is not run") {
  if (!have_docker()) return;
  TestJob job;
  job.files["main.c"] = "int main( {";
  job.steps.resize(2);
  job.steps[0].kind = "compile";
  job.steps[0].argv = {"gcc", "main.c"};
  job.steps[1].argv = {"./a.out"};
  const auto outcome = run_alone(job);
  REQUIRE(outcome.steps.size() == 1);
  CHECK(outcome.steps[0].exit_code == 1);
  CHECK(outcome.err.find("error") != std::string::npos);
  CHECK(outcome.clean);
}

TEST_CASE("Standard input arrives whole, by descriptor and by name, or is ignored") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  auto job = python("print(len(open('/dev/stdin').read()))");
  job.steps[0].stdin_bytes = std::string(3'000'000, 'x');
  CHECK(session.run(job).out == "3000000\n");
  job.files["main.py"] = "print('unread')";
  CHECK(session.run(job).out == "unread\n");
  CHECK(session.run(python("import sys; print(repr(sys.stdin.read()))")).out == "''\n");
}

TEST_CASE("A big input is not charged to the program") {
  if (!have_docker()) return;
  auto job = python("import time; time.sleep(0.1)");  // long enough to be sampled
  job.steps[0].stdin_bytes = std::string(20'000'000, 'x');
  const auto outcome = run_alone(job);
  REQUIRE(outcome.steps.size() == 1);
  CHECK(outcome.steps[0].peak_bytes < 15'000'000);
}

TEST_CASE("A job starts with three descriptors, the environment it was given, and no power") {
  if (!have_docker()) return;
  const std::string look =
      "import os\n"
      "print(sorted(os.listdir('/proc/self/fd'))[:3], len(os.listdir('/proc/self/fd')) - 1)\n"
      "print(sorted(k for k in os.environ))\n"
      "print(os.getuid() == os.getgid() >= 20000, os.getgroups(), os.getcwd(), os.getsid(0) == "
      "os.getpid())\n"
      "s = dict(l.split(':\\t', 1) for l in open('/proc/self/status').read().splitlines())\n"
      "print(s['CapEff'], s['CapPrm'], s['CapInh'], s['NoNewPrivs'], s['Seccomp'], s['SigBlk'])\n"
      "for call in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.kill(1, 9),\n"
      "             lambda: open('/proc/1/environ'), lambda: open('/dev/pts/ptmx', 'r+b', 0), "
      "lambda: open('/x', 'w'),\n"
      "             lambda: open('/proc/sys/kernel/core_pattern', 'w'), lambda: "
      "os.listdir('/proc/1/fd')):\n"
      "  try: call(); print('done')\n"
      "  except OSError as e: print(e.errno, end=' ')\n";
  const auto outcome = run_alone(python(look));
  CHECK(outcome.err.empty());
  CHECK(outcome.out ==
        "['0', '1', '2'] 3\n"
        "['HOME', 'LANG', 'PATH', 'TMPDIR']\n"
        "True [] /box True\n"
        "0000000000000000 0000000000000000 0000000000000000 1 2 0000000000000000\n"
        "1 1 1 13 13 30 30 13 ");
  CHECK(outcome.clean);

  CHECK(run_alone(python("import os; print(os.getuid())"), without("setuid")).out == "0\n");
  const auto open = run_alone(python("import os; print(len(os.listdir('/proc/self/fd')) - 1)"),
                              without("close_fds"));
  CHECK(open.out != "3\n");
  CHECK(run_alone(python("open('/dev/pts/ptmx', 'r+b', 0); print('open')"), without("ptmx")).out ==
        "open\n");
}

TEST_CASE("Each limit ends its step and is named") {
  if (!have_docker()) return;
  const auto step = [](const TestJob& job, const SandboxOptions& options = {}) {
    const auto outcome = run_alone(job, options);
    CHECK(!outcome.clean);
    REQUIRE(outcome.steps.size() == 1);
    return outcome.steps[0];
  };
  SECTION("wall time") {
    const auto ended = step(with_limits("import time; time.sleep(20)", 300));
    CHECK(ended.limit == Limit::kWall);
    CHECK(ended.signal == 9);
    CHECK(ended.wall_us >= 300'000);
    CHECK(at_best(400'000, [&] {
            return step(with_limits("import time; time.sleep(20)", 300)).wall_us;
          }) < 400'000);
  }
  SECTION("wall time of stopped processes") {
    const char* const stop = "import os\nos.fork()\nos.kill(os.getpid(), 19)";
    CHECK(step(with_limits(stop, 300)).limit == Limit::kWall);
  }
  SECTION("CPU time") {
    const auto ended = step(with_limits("while True: pass", 20'000, 300));
    CHECK(ended.limit == Limit::kCpu);
    CHECK(ended.cpu_us >= 300'000);
    CHECK(at_best(380'000, [&] {
            return step(with_limits("while True: pass", 20'000, 300)).cpu_us;
          }) < 380'000);
  }
  SECTION("CPU time of all processes together") {
    CHECK(at_best(550'000, [&] {
            const auto ended =
                step(with_limits("import os\nos.fork()\nos.fork()\nwhile True: pass", 20'000, 400));
            CHECK(ended.limit == Limit::kCpu);
            return ended.cpu_us;
          }) < 550'000);
  }
  SECTION("memory") {
    SandboxOptions options;
    options.memory = "64m";
    const auto ended = step(python("x = []\nwhile True: x.append(bytearray(1 << 20))"), options);
    CHECK(ended.limit == Limit::kMemory);
    CHECK(ended.peak_bytes > 50u << 20);
  }
  SECTION("memory of a child") {
    SandboxOptions options;
    options.memory = "64m";
    const auto ended = step(python("import os, time\nif os.fork() == 0:\n  x = []\n"
                                   "  while True: x.append(bytearray(1 << 20))\ntime.sleep(4)"),
                            options);
    CHECK(ended.limit == Limit::kMemory);
    CHECK(ended.wall_us < 3'000'000);
  }
  SECTION("processes") {
    SandboxOptions options;
    options.memory = "512m";
    CHECK(step(with_limits("import os\nwhile True: os.fork()", 10'000), options).limit ==
          Limit::kProcesses);
  }
  SECTION("threads") {
    CHECK(step(with_limits(
                   "import threading, time\n"
                   "for i in range(99): threading.Thread(target=time.sleep, args=(9,)).start()",
                   10'000))
              .limit == Limit::kProcesses);
  }
  SECTION("disk") {
    auto job = python("for i in range(4): open('/tmp/' + str(i), 'wb').write(b'x' * (15 << 20))");
    CHECK(step(job).limit == Limit::kDisk);
    job = python(
        "while True: open('/box/' + str(id(object())) + str(__import__('time').time()), 'w')");
    CHECK(step(job).limit == Limit::kDisk);
    job = python(
        "import signal\nsignal.signal(25, signal.SIG_DFL)\nopen('/tmp/x', 'wb').write(b'x' * (20 "
        "<< 20))");
    CHECK(step(job).limit == Limit::kDisk);
  }
  SECTION("a program that is not there") {
    TestJob job;
    job.steps.emplace_back();
    job.steps[0].argv = {"no-such-program"};
    const auto ended = step(job);
    CHECK(ended.limit == Limit::kSpawn);
    CHECK(ended.error_number == ENOENT);
  }
}

TEST_CASE("Limits are what ends a step: without them it goes on") {
  if (!have_docker()) return;
  const auto limit = [](const TestJob& job, const char* protection) {
    return run_alone(job, without(protection)).steps.at(0).limit;
  };
  CHECK(limit(with_limits("import time; time.sleep(0.5)", 100), "wall") == Limit::kNone);
  CHECK(limit(with_limits("import time\nt = time.time()\nwhile time.time() < t + .5: pass", 5000,
                          100),
              "cpu") == Limit::kNone);
  auto job = python("print('x' * 100)");
  job.steps[0].output_bytes = 10;
  CHECK(limit(job, "output") == Limit::kNone);
}

TEST_CASE("Output is cut at the exact byte") {
  if (!have_docker()) return;
  auto job = python("import sys; sys.stdout.write('x' * 12345)");
  job.steps[0].output_bytes = 12345;
  auto outcome = run_alone(job);
  CHECK(outcome.out.size() == 12345);
  CHECK(outcome.steps.at(0).limit == Limit::kNone);
  CHECK(!outcome.steps.at(0).stdout_truncated);

  job.steps[0].output_bytes = 12344;
  outcome = run_alone(job);
  CHECK(outcome.out.size() == 12344);
  CHECK(outcome.steps.at(0).limit == Limit::kStdout);
  CHECK(outcome.steps.at(0).stdout_truncated);

  job = python("import sys\nwhile True: sys.stderr.write('y' * 1000)");
  job.steps[0].output_bytes = 1'000'001;
  outcome = run_alone(job);
  CHECK(outcome.err.size() == 1'000'001);
  CHECK(outcome.steps.at(0).limit == Limit::kStderr);
}

TEST_CASE("Nothing outlives its step") {
  if (!have_docker()) return;
  const char* const count =
      "import os; print([p for p in os.listdir('/proc') if p.isdigit() and p != str(os.getpid())])";
  for (const char* code :
       {kDaemon,
        "import os, time\nif os.fork() == 0:\n  time.sleep(20); print('late')\nelse: print('bye')",
        "import os, signal, time\nfor i in range(20):\n  if os.fork() == 0:\n    os.setpgid(0, 0)\n"
        "    for n in (1, 2, 15, 20): signal.signal(n, signal.SIG_IGN)\n    "
        "time.sleep(50)\nprint('bye')"}) {
    AgentSession session;
    REQUIRE(session.hello().empty());
    const auto outcome = session.run(python(code));
    CHECK(outcome.out == "bye\n");
    CHECK(outcome.took < std::chrono::seconds(10));
    CHECK(outcome.clean);
    CHECK(session.run(python(count)).out == "['1']\n");
  }
  const auto left = run_alone(python(kDaemon), without("kill"));
  CHECK(left.tainted == "a process is left");
}

TEST_CASE("A program's own SIGKILL is no limit, and exit codes are passed on") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  const auto killed = session.run(python("import os; os.kill(os.getpid(), 9)"));
  CHECK(killed.steps.at(0).signal == 9);
  CHECK(killed.steps.at(0).exit_code == -1);
  CHECK(killed.steps.at(0).limit == Limit::kNone);
  for (const int code : {1, 127, 255})
    CHECK(session.run(python("import os; os._exit(" + std::to_string(code) + ")"))
              .steps.at(0)
              .exit_code == code);
}

TEST_CASE("Whatever a job leaves on a tmpfs is gone before CLEAN is said") {
  if (!have_docker()) return;
  const char* const leave =
      "import os\n"
      "p = '/tmp/a'\n"
      "for i in range(1500):\n"
      "  os.mkdir(p); os.chdir(p); p = 'd'\n"
      "for name in ('-rf', 'new\\nline', '\\x1b[1m', ' ', '.hidden', 'x' * 255): open('/box/' + "
      "name, 'w').close()\n"
      "os.makedirs('/box/s/t/u'); open('/box/s/t/u/v', 'w').write('1')\n"
      "for f in ('/box/s/t/u/v', '/box/s/t/u', '/box/s/t', '/box/s'): os.chmod(f, 0)\n"
      "open('/dev/shm/s', 'w').write('a' * 100000)\n"
      "os.mkfifo('/tmp/fifo'); os.symlink('/etc', '/tmp/link'); os.link('/dev/shm/s', "
      "'/dev/shm/t')\n"
      "open('/box/main.txt', 'w').write('changed')\n"
      "import socket; socket.socket(socket.AF_UNIX).bind('/tmp/socket')\n"
      "print('left')";
  const char* const look =
      "import os; print([sorted(os.listdir(d)) for d in ('/box', '/tmp', '/dev/shm')])";
  AgentSession session;
  REQUIRE(session.hello().empty());
  const auto outcome = session.run(python(leave));
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "left\n");
  CHECK(outcome.clean);
  CHECK(session.run(python(look)).out == "[['main.py'], [], []]\n");

  // Without cleaning, the proof says no; without both, the next job would find it.
  CHECK(run_alone(python(leave), without("clean")).tainted == "something is left on a tmpfs");
  AgentSession weak(without("clean,proof"));
  REQUIRE(weak.hello().empty());
  CHECK(weak.run(python("open('/tmp/secret', 'w').close()")).clean);
  auto again = python(look);
  again.files["other.py"] = again.files["main.py"];
  again.files.erase("main.py");
  again.steps[0].argv = {"python3", "other.py"};
  CHECK(weak.run(again).out.find("secret") != std::string::npos);
}

TEST_CASE("Each test of a job starts without what the one before left") {
  if (!have_docker()) return;
  auto job = python(
      "import os; print(os.listdir('/tmp')); open('/tmp/x', 'w').write('x'); os.chmod('/tmp/x', "
      "0)");
  job.steps.push_back(job.steps[0]);
  job.steps.push_back(job.steps[0]);
  const auto outcome = run_alone(job);
  CHECK(outcome.out == "[]\n[]\n[]\n");
  CHECK(outcome.clean);
}

TEST_CASE("A deleted file that lives on inside a socket is found and collected") {
  if (!have_docker()) return;
  const char* const cycle =
      "import socket, os\n"
      "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
      "f = os.open('/tmp/z', os.O_RDWR | os.O_CREAT); os.write(f, b'x' * 1000000); "
      "os.unlink('/tmp/z')\n"
      "socket.send_fds(a, [b'x'], [f, a.fileno(), b.fileno()])\n"
      "socket.send_fds(b, [b'x'], [f, a.fileno(), b.fileno()])\n";
  AgentSession session;
  REQUIRE(session.hello().empty());
  CHECK(session.run(python(cycle)).clean);
  CHECK(session.run(python("import os; s = os.statvfs('/tmp'); print(s.f_blocks == s.f_bfree)"))
            .out == "True\n");
}

TEST_CASE("A lingering connection makes the sandbox unfit for another job") {
  if (!have_docker()) return;
  const auto outcome =
      run_alone(python("import socket\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
                       "c = socket.create_connection(s.getsockname()); d, _ = s.accept()\n"
                       "c.send(b'hi'); print(d.recv(9)); c.close(); d.close()"));
  CHECK(outcome.out == "b'hi'\n");
  CHECK(outcome.tainted == "a socket is left");
}

TEST_CASE("A forbidden system call ends the program and the sandbox") {
  if (!have_docker()) return;
  const auto outcome = run_alone(python(kForbiddenCall));
  CHECK(outcome.steps.at(0).signal == 31);
  CHECK(outcome.tainted == "a forbidden system call");
  CHECK(run_alone(python(kForbiddenCall), without("filter")).out == "alive\n");
}

TEST_CASE("Only plain files inside /box are collected") {
  if (!have_docker()) return;
  TestJob job;
  job.steps.emplace_back();
  job.steps[0].argv = {
      "python3", "-c",
      "import os\n"
      "os.symlink('/etc/passwd', 'link'); os.symlink('/etc', 'folder'); os.mkfifo('fifo')\n"
      "open('twice', 'w').write('2'); os.link('twice', 'second')\n"
      "open('big', 'w').write('b' * 5000); open('plain', 'w').write('p')"};
  job.steps[0].collect = {"link", "folder/passwd", "fifo", "twice", "big", "plain", "*"};
  job.steps[0].collect_bytes = 4000;
  auto outcome = run_alone(job);
  REQUIRE(outcome.artifacts.size() == 1);  // once, although the pattern fits as well
  CHECK(outcome.artifacts[0].name == "plain");
  using protocol::NotSent;
  CHECK(outcome.not_sent == std::map<std::string, NotSent>{{"link", NotSent::kNotPlain},
                                                           {"folder/passwd", NotSent::kNotPlain},
                                                           {"fifo", NotSent::kNotPlain},
                                                           {"twice", NotSent::kNotPlain},
                                                           {"big", NotSent::kTooLarge}});
  CHECK(outcome.clean);

  outcome = run_alone(job, without("no_follow"));
  REQUIRE(!outcome.artifacts.empty());
  CHECK(outcome.artifacts[0].bytes.find("root") != std::string::npos);
}

TEST_CASE("A file that is asked for and not sent has its reason") {
  if (!have_docker()) return;
  TestJob job;
  job.steps.emplace_back();
  job.steps[0].argv = {"python3", "-c",
                       "import os, socket\n"
                       "os.mkdir('folder'); open('secret', 'w'); os.chmod('secret', 0)\n"
                       "socket.socket(socket.AF_UNIX).bind('socket')\n"
                       "for i in range(1100): open(f'many{i:04}', 'w')"};
  job.steps[0].collect = {"folder", "secret", "socket", "absent", "folder/absent", "many*"};
  const auto outcome = run_alone(job);
  using protocol::NotSent;
  CHECK(outcome.not_sent == std::map<std::string, NotSent>{{"folder", NotSent::kNotPlain},
                                                           {"secret", NotSent::kUnreadable},
                                                           {"socket", NotSent::kNotPlain},
                                                           {"absent", NotSent::kMissing},
                                                           {"folder/absent", NotSent::kMissing},
                                                           {"many1024", NotSent::kTooMany}});
  CHECK(outcome.artifacts.size() == protocol::kMaxArtifacts);
  CHECK(outcome.clean);
}

TEST_CASE("A pattern may look into every folder, but for hidden ones and links") {
  if (!have_docker()) return;
  TestJob job;
  job.steps.emplace_back();
  job.steps[0].argv = {"python3", "-c",
                       "import os\n"
                       "os.makedirs('a/b/c'); os.makedirs('.git/a'); os.symlink('/etc', 'etc')\n"
                       "for name in ['x', 'a/x', 'a/b/c/x', '.git/a/x', 'a/.x', 'a/y']:\n"
                       "  open(name + '.k', 'w').write(name)\n"
                       "os.mkdir('folder.k')"};
  const auto names = [&](const std::string& pattern) {
    job.steps[0].collect = {pattern};
    std::vector<std::string> found;
    for (const auto& artifact : run_alone(job).artifacts) found.push_back(artifact.name);
    return found;
  };
  using Names = std::vector<std::string>;
  CHECK(names("**/*.k") == Names{"a/b/c/x.k", "a/x.k", "a/y.k", "x.k"});
  CHECK(names("**/x.k") == Names{"a/b/c/x.k", "a/x.k", "x.k"});
  CHECK(names("a/*.k") == Names{"a/x.k", "a/y.k"});
  CHECK(names("**/passwd").empty());
}

TEST_CASE("When memory runs out the job dies before the agent") {
  if (!have_docker()) return;
  const auto score = python("print(open('/proc/self/oom_score_adj').read().strip())");
  CHECK(run_alone(score).out == "1000\n");
  CHECK(run_alone(score, without("oom_score")).out == "500\n");  // as the agent's own
}

TEST_CASE("More processes than allowed end the step") {
  if (!have_docker()) return;
  // They outlive several looks at the counter and then end by themselves.
  auto job = python(
      "import os, time\n"
      "for _ in range(12):\n"
      "  if os.fork() == 0: break\n"
      "time.sleep(1)\n");
  job.steps[0].processes = 8;
  auto outcome = run_alone(job);
  CHECK(outcome.steps.at(0).limit == Limit::kProcesses);
  CHECK_FALSE(outcome.clean);
  outcome = run_alone(job, without("processes"));
  CHECK(outcome.steps.at(0).limit == Limit::kNone);
  CHECK(outcome.steps.at(0).exit_code == 0);
}

TEST_CASE("Both outputs keep their order of arrival") {
  if (!have_docker()) return;
  // The program writes on once the agent has read what it wrote: FIONREAD says how much is left.
  const auto outcome =
      run_alone(python("import array, fcntl, os, termios\n"
                       "left = array.array('i', [0])\n"
                       "for i in range(200):\n"
                       "  fd = 1 + i % 2\n"
                       "  os.write(fd, b'%d ' % i)\n"
                       "  while True:\n"
                       "    fcntl.ioctl(fd, termios.FIONREAD, left)\n"
                       "    if left[0] == 0: break\n"));
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += std::to_string(i) + " ";
  CHECK(outcome.mixed == expected);
  CHECK(outcome.clean);
}

TEST_CASE("A live job is a conversation") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  auto job = python("while True: print(input()[::-1], flush=True)");
  job.live = true;
  job.steps[0].interactive = true;
  session.submit(job);
  AgentSession::Received frame;
  REQUIRE(session.receive(frame));
  CHECK(frame.type == FrameType::kStepStarted);
  for (int i = 0; i < 3; ++i) {
    session.send(FrameType::kStdin, "abc\n");
    do REQUIRE(session.receive(frame));
    while (frame.type == FrameType::kStdinTaken);
    CHECK(frame.type == FrameType::kStdout);
    CHECK(frame.payload == "cba\n");
  }
  SECTION("the end of input ends the program") {
    session.send(FrameType::kStdinEof);
    const auto outcome = session.outcome();
    CHECK(outcome.err.find("EOFError") != std::string::npos);
    CHECK(outcome.clean);
  }
  SECTION("a signal reaches it") {
    session.send(FrameType::kSignal, "\x02");
    CHECK(session.outcome().err.find("KeyboardInterrupt") != std::string::npos);
  }
  SECTION("cancel ends it") {
    session.send(FrameType::kCancel);
    const auto outcome = session.outcome();
    REQUIRE(outcome.steps.size() == 1);
    CHECK(outcome.steps[0].limit == Limit::kCancelled);
    CHECK(!outcome.clean);
  }
}

TEST_CASE("A tty job has a terminal of the right size") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  auto job = python(
      "import os, signal, sys\n"
      "signal.signal(signal.SIGWINCH, lambda *a: print('size', *os.get_terminal_size(), "
      "flush=True))\n"
      "print(os.isatty(0), os.isatty(1), os.isatty(2), *os.get_terminal_size())\n"
      "open('/dev/tty', 'w').write('tty\\n')\n"
      "print('got', input('prompt> '))\n"
      "try: input()\n"
      "except EOFError: print('end')\n");
  job.live = job.tty = true;
  job.steps[0].interactive = true;
  session.submit(job);
  std::string out;
  AgentSession::Received frame;
  const auto read_until = [&](const std::string& text) {
    while (out.find(text) == std::string::npos && session.receive(frame))
      if (frame.type == FrameType::kStdout) out += frame.payload;
  };
  read_until("prompt> ");
  CHECK(out == "True True True 80 24\r\ntty\r\nprompt> ");
  session.send(FrameType::kResize, std::string("\x64\0\x1e\0", 4));
  read_until("size 100 30");
  session.send(FrameType::kStdin, "hello\n");
  read_until("got hello");
  session.send(FrameType::kStdinEof);
  const auto outcome = session.outcome();
  CHECK(outcome.out.find("end") != std::string::npos);
  CHECK(outcome.steps.at(0).exit_code == 0);
  CHECK(outcome.clean);
}

TEST_CASE("The agent refuses a sandbox that is not as it must be") {
  if (!have_docker()) return;
  const auto refusal = [](SandboxOptions options) {
    AgentSession session(options);
    const auto why = session.hello();
    options.agent_without = "attest";
    AgentSession weak(options);
    CHECK(weak.hello().empty());
    return why;
  };
  SandboxOptions options;
  SECTION("a capability more") {
    options.extra = {"--cap-add=NET_RAW"};
    CHECK(refusal(options) == "CapEff is not exactly SETUID, SETGID and KILL");
  }
  SECTION("new privileges") {
    options.without = {"--security-opt=no-new-privileges:true"};
    CHECK(refusal(options) == "no-new-privileges is not set");
  }
  SECTION("no seccomp profile") {
    options.extra = {"--security-opt=seccomp=unconfined"};
    options.without = {"--security-opt=seccomp=" + source_path("docker/seccomp/profile.json")};
    CHECK(refusal(options) == "no seccomp profile is loaded");
  }
  SECTION("a writable root") {
    options.without = {"--read-only"};
    CHECK(refusal(options) == "/ is writable");
  }
  SECTION("a writable mount") {
    options.extra = {"--tmpfs=/mnt:rw,size=1m"};
    CHECK(refusal(options) == "a writable mount at /mnt");
  }
  SECTION("another init process") {
    options.extra = {"--init"};
    CHECK(refusal(options) == "the agent is not PID 1 of the sandbox");
  }
}

TEST_CASE("A frame out of order ends the sandbox") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  SECTION("HELLO twice") { CHECK(session.hello() == "a second HELLO"); }
  SECTION("input for no job") {
    session.send(FrameType::kStdin, "x");
    CHECK(session.outcome().tainted == "live input for no job");
  }
  SECTION("garbage") {
    session.send_raw(std::string(100, '\xff'));
    CHECK(session.outcome().tainted == "frame over 64 KiB");
  }
  AgentSession::Received frame;
  CHECK(!session.receive(frame));
}

TEST_CASE("A tainted sandbox takes no further job") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  CHECK(!session.run(with_limits("while True: pass", 100)).clean);
  CHECK(session.run(python("print(1)")).tainted == "a job for a tainted sandbox");
}

TEST_CASE("The container is gone soon after the worker") {
  if (!have_docker()) return;
  AgentSession session;
  REQUIRE(session.hello().empty());
  auto job = with_limits(
      "import os, time\nfor i in range(20): os.fork() or time.sleep(50)\ntime.sleep(50)", 60'000);
  job.live = true;
  session.submit(job);
  AgentSession::Received frame;
  REQUIRE(session.receive(frame));
  session.close_input();
  const auto start = std::chrono::steady_clock::now();
  while (session.receive(frame)) {
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(15));
}
