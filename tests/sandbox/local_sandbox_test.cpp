// `sandbox = local`: the worker's parts with bubblewrap and the programs of this machine.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "core/spec_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"
#include "worker/execution_run.hpp"
#include "worker/worker_config.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

struct Bench {
  Bench() {
    local.agent = find_agent("", "runyard-agent-local");
    local.as_root = ::geteuid() == 0;
    images.refresh();
  }
  static LanguageCatalog host_languages() {
    std::vector<FieldError> errors;
    return languages_on_host(load_languages(test::source_path("docker/languages"), "", errors),
                             is_program_on_host);
  }
  Submission submission(const std::string& language, const std::string& code) {
    Submission s;
    s.language = language;
    s.entry = catalog.find(language)->source;
    s.files = {{s.entry, code}};
    s.limits = catalog.find(language)->default_limits;
    return s;
  }
  Result run(const Submission& s) { return ExecutionRun(services, "alice", s, stop).run(); }
  Result python(const std::string& code) { return run(submission("python", code)); }

  LocalSettings local;
  LanguageCatalog catalog = host_languages();
  ProcessHost processes;
  Images images{local_images(catalog)};
  SandboxPool pool{PoolSettings{}, [this](const SandboxClass& c, int) {
                     return std::make_unique<Sandbox>(processes, local, c, 70000, 30s);
                   }};
  CompileCache cache{1 << 20};
  ExecutionServices services{catalog, images, pool, cache, "bubblewrap", 30s};
  StopSignal stop;
};

}  // namespace

TEST_CASE("local: programs run and are reused, apart from the host") {
  Bench bench;
  REQUIRE(bench.catalog.find("python"));
  ::setenv("RUNYARD_SECRET", "x", 1);
  const auto result = bench.python(
      "import os\n"
      "print(sorted(os.listdir('/box')), 'RUNYARD_SECRET' in os.environ, os.path.exists('/home'))\n"
      "print(len([p for p in os.listdir('/proc') if p.isdigit()]), os.getuid() != 0)\n"
      "try: open('/usr/x', 'w')\n"
      "except OSError: print('read-only')\n"
      "print(os.path.exists('/sys/class/net'))\n"
      "open('/tmp/left', 'w').write('x')");
  INFO(result.message << result.errors);
  CHECK(result.status == Status::kCompleted);
  CHECK(result.output == "['main.py'] False False\n2 True\nread-only\nFalse\n");
  CHECK(result.runtime == "bubblewrap");
  CHECK(result.memory_kb > 1000);
  const auto again = bench.python("import os; print(os.listdir('/tmp'))");
  CHECK(again.output == "[]\n");
  CHECK(again.sandbox_reused);
  ::unsetenv("RUNYARD_SECRET");
}

TEST_CASE("local: the limits are watched") {
  Bench bench;
  auto slow = bench.submission("python", "while True: pass");
  slow.limits.cpu_ms = 300;
  CHECK(bench.run(slow).reason == Reason::kCpuTime);
  auto sleeping = bench.submission("python", "import time; time.sleep(60)");
  sleeping.limits.wall_ms = 300;
  CHECK(bench.run(sleeping).reason == Reason::kWallTime);
  auto large = bench.submission("python",
                                "import time\nx = []\n"
                                "while True: x.append(bytearray(1 << 20)); time.sleep(0.001)");
  large.limits.memory_kb = 65536;
  CHECK(bench.run(large).reason == Reason::kMemoryLimit);
  auto many =
      bench.submission("python",
                       "import threading, time\n"
                       "for i in range(20): threading.Thread(target=time.sleep, args=(60,), "
                       "daemon=True).start()\n"
                       "time.sleep(60)");
  many.limits.processes = 16;
  CHECK(bench.run(many).reason == Reason::kProcessLimit);
  auto loud = bench.submission("python", "while True: print('x' * 1000)");
  CHECK(bench.run(loud).reason == Reason::kOutputLimit);
  CHECK(bench.python("import sys; sys.exit(3)").exit_code == 3);
}

TEST_CASE("local: what a program leaves running dies with it, and artifacts come back") {
  Bench bench;
  auto s = bench.submission("python",
                            "import os, time\n"
                            "open('out', 'w').write('made')\n"
                            "if os.fork() == 0: os.setsid(); time.sleep(100)\n");
  s.artifacts = {"out"};
  const auto result = bench.run(s);
  CHECK(result.status == Status::kCompleted);
  CHECK(result.wall_ms < 50'000);
  CHECK(result.artifacts.at(0).content == "made");
  CHECK(bench.python("import os; print(len([p for p in os.listdir('/proc') if p.isdigit()]))")
            .output == "2\n");
}

TEST_CASE("local: a compiler of the host compiles") {
  Bench bench;
  REQUIRE(bench.catalog.find("c"));
  const auto result =
      bench.run(bench.submission("c", "#include <stdio.h>\nint main(void) { puts(\"hi\"); }"));
  INFO(result.message);
  CHECK(result.output == "hi\n");
}

TEST_CASE("local: what is the service's own cannot be read, and nothing outside is written") {
  Bench bench;
  hide_secrets(bench.local, "/etc/alternatives/worker.conf", "passfile=/etc/hostname", {});
  const auto result = bench.python(
      "import os\n"
      "print(os.listdir('/etc/alternatives'))\n"
      "try: print(open('/etc/hostname').read())\n"
      "except OSError: print()\n"
      "for place in ['/dev/x', '/x', '/etc/x', '/runyard/x', '/etc/alternatives/x']:\n"
      "  try: open(place, 'w'); print('written', place)\n"
      "  except OSError: pass\n"
      "print([p for p in ['/run', '/var', '/home', '/root', '/sys'] if os.path.exists(p)])\n"
      "print(sorted(int(fd) for fd in os.listdir('/proc/self/fd') if int(fd) > 3))\n"
      "print(os.system('unshare -Ur true 2>/dev/null') != 0)");
  INFO(result.message << result.errors);
  CHECK(result.output == "[]\n\n[]\n[]\nTrue\n");
}

TEST_CASE("local: what is open in the worker is not open in a program, nor in its agent") {
  const int left_open = ::open("/etc/hostname", O_RDONLY);
  REQUIRE(left_open > 2);
  Bench bench;
  // Of the agent, which may not be looked at, nothing at all is told.
  const auto result = bench.python(
      "import os\n"
      "def target(link):\n"
      "  try: return os.readlink(link)\n"
      "  except OSError: return ''\n"
      "for process in ['self', '1']:\n"
      "  folder = f'/proc/{process}/fd/'\n"
      "  print([fd for fd in os.listdir(folder) if 'hostname' in target(folder + fd)])");
  ::close(left_open);
  INFO(result.message << result.errors);
  CHECK(result.output == "[]\n[]\n");
}

TEST_CASE("local: shared memory counts as memory") {
  Bench bench;
  auto shared = bench.submission("python",
                                 "import mmap, time\n"
                                 "memory = mmap.mmap(-1, 256 << 20)\n"
                                 "for at in range(0, 256 << 20, 4096): memory[at] = 1\n"
                                 "time.sleep(20)");
  shared.limits.memory_kb = 65536;
  const auto result = bench.run(shared);
  INFO(result.message << result.errors);
  CHECK(result.reason == Reason::kMemoryLimit);
}
