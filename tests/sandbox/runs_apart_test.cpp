// Each run of a job sees what was submitted and nothing of an earlier run.
#include <string>
#include <utility>
#include <vector>

#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;
using protocol::Limit;

namespace {

bool have_engine() {
  if (!agent_test_image().empty()) return true;
  WARN("no docker engine answers: skipped");
  return false;
}

SandboxOptions weak(const std::string& without) {
  SandboxOptions options;
  options.agent_without = without;
  return options;
}

/// A run that does something with "hidden" as its input, then one that looks with "visible".
TestJob two_runs(const std::string& leave, const std::string& look) {
  auto job = python("import os, sys\nif input() == 'hidden':\n" + leave + "\nelse:\n" + look);
  job.files["data/words.txt"] = "some words";
  job.steps[0].stdin_bytes = "hidden\n";
  job.steps.push_back(job.steps[0]);
  job.steps[1].stdin_bytes = "visible\n";
  return job;
}

JobOutcome run_once(const TestJob& job, const SandboxOptions& options = {}) {
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  return session.run(job);
}

const char* const kTry =
    "  def attempt(f):\n"
    "    try: f()\n"
    "    except OSError as e: print(e.errno, end=' ')\n"
    "    else: print('done', end=' ')\n";

}  // namespace

TEST_CASE("A run cannot change, replace, rename or delete what was submitted") {
  if (!have_engine()) return;
  const std::string attempts = std::string(kTry) +
                               "  for n in ('/box/main.py', '/box/data/words.txt'):\n"
                               "    attempt(lambda: open(n, 'w'))\n"
                               "    attempt(lambda: open(n, 'a'))\n"
                               "    attempt(lambda: os.truncate(n, 0))\n"
                               "    attempt(lambda: os.chmod(n, 0o666))\n"
                               "    attempt(lambda: os.unlink(n))\n"
                               "    attempt(lambda: os.rename(n, n + '.old'))\n"
                               "    open(n + '.new', 'w').write('x')\n"
                               "    attempt(lambda: os.replace(n + '.new', n))\n"
                               "    attempt(lambda: os.utime(n))\n"
                               "    attempt(lambda: os.setxattr(n, 'user.x', b'1'))\n"
                               "  attempt(lambda: os.rename('/box/data', '/box/other'))\n"
                               "  attempt(lambda: os.chmod('/box/data', 0o777))\n"
                               "  attempt(lambda: os.setxattr('/box/data', 'user.x', b'1'))\n"
                               "  attempt(lambda: os.setxattr('/box', 'user.x', b'1'))\n"
                               "  attempt(lambda: os.setxattr('/box/data', 'security.x', b'1'))\n"
                               "  attempt(lambda: os.setxattr('/box/data', 'trusted.x', b'1'))\n"
                               "  attempt(lambda: os.utime('/box/data', (1, 1)))\n";
  const std::string look =
      "  print(sorted(os.listdir('/box')), os.listdir('/box/data'), "
      "open('/box/data/words.txt').read())";
  const auto outcome = run_once(two_runs(attempts, look));
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("done") == std::string::npos);
  CHECK(outcome.out.find("['data', 'main.py'] ['words.txt'] some words") != std::string::npos);
  CHECK(outcome.clean);

  const auto open = two_runs("  open('/box/data/words.txt', 'r+').write('SOME WORDS')",
                             "  print(open('/box/data/words.txt').read())");
  CHECK(run_once(open, weak("seal")).out == "SOME WORDS\n");
}

TEST_CASE("What a run made in a submitted folder is gone before the next") {
  if (!have_engine()) return;
  const auto outcome = run_once(
      two_runs("  os.makedirs('/box/data/a/b'); open('/box/data/a/b/c', 'w').write('x')\n"
               "  os.chmod('/box/data/a/b', 0); os.chmod('/box/data/a', 0)\n"
               "  open('/dev/shm/x', 'w'); os.symlink('/etc', '/tmp/l')",
               "  print(os.listdir('/box/data'), os.listdir('/tmp'), os.listdir('/dev/shm'))"));
  CHECK(outcome.out == "['words.txt'] [] []\n");
  CHECK(outcome.clean);
}

TEST_CASE("The times of files and folders tell nothing of the run before") {
  if (!have_engine()) return;
  const std::string look =
      "  for n in ('/box', '/tmp', '/dev/shm', '/box/data', '/box/main.py', "
      "'/box/data/words.txt'):\n"
      "    s = os.stat(n); print(s.st_atime_ns, s.st_mtime_ns, s.st_nlink, s.st_size)";
  const auto times = [&](const std::string& leave, const SandboxOptions& options) {
    auto job = two_runs("  pass", look);
    job.files["main.py"] = "import os, sys\nw = input()\nif w == 'hidden':\n" + leave +
                           "\nif w == 'visible':\n" + look;
    job.steps.insert(job.steps.begin(), job.steps[1]);
    const auto outcome = run_once(job, options);
    CHECK(outcome.err.empty());
    const auto half = outcome.out.size() / 2;
    return std::make_pair(outcome.out.substr(0, half), outcome.out.substr(half));
  };
  const std::string touch =
      "  for d in ('/box', '/tmp', '/dev/shm', '/box/data'):\n"
      "    open(d + '/x', 'w'); os.unlink(d + '/x'); os.utime(d)\n"
      "  open('/box/data/words.txt').read()";
  const auto seen = times(touch, {});
  CHECK(!seen.first.empty());
  CHECK(seen.first == seen.second);
  const auto unsealed = times(touch, weak("seal"));
  CHECK(unsealed.first != unsealed.second);
}

TEST_CASE("Locks, abstract names, shared memory and terminals end with their run") {
  if (!have_engine()) return;
  const auto outcome = run_once(two_runs(
      "  import fcntl, socket\n"
      "  f = open('/box/main.py'); fcntl.flock(f, fcntl.LOCK_EX)\n"
      "  a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
      "  n = socket.socket(socket.AF_UNIX); n.bind('\\0name')\n"
      // In a message that only its own sockets hold: nobody has these descriptors any more.
      "  socket.send_fds(a, [b'x'], [f.fileno(), n.fileno(), a.fileno(), b.fileno()])\n"
      "  socket.send_fds(b, [b'x'], [f.fileno(), n.fileno(), a.fileno(), b.fileno()])\n"
      "  os.nice(3); os.umask(0)",
      "  import fcntl, socket\n"
      "  f = open('/box/main.py'); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
      "  socket.socket(socket.AF_UNIX).bind('\\0name')\n"
      "  print(os.nice(0), os.umask(0o22), sorted(os.listdir('/dev/pts')))"));
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "10 18 ['ptmx']\n");
  CHECK(outcome.clean);
}

TEST_CASE("No queue, segment, key or access list can be made") {
  if (!have_engine()) return;
  const auto outcome = run_once(
      python("import ctypes, os\n"
             "libc = ctypes.CDLL(None, use_errno=True)\n"
             // msgget, semget, shmget, mq_open, add_key, keyctl
             "for call in ((68, 1, 0o1666), (64, 1, 1, 0o1666), (29, 1, 4096, 0o1666),\n"
             "             (240, b'/q', 0o102, 0o666, None), (248, b'user', b'k', b'v', 1, -4), "
             "(250, 0, -4, 1)):\n"
             "  print(libc.syscall(*call), end=' ')\n"
             "for n in ('/box', '/box/main.py'):\n"
             "  try: os.setxattr(n, 'system.posix_acl_access', b'\\x02\\0\\0\\0')\n"
             "  except OSError: print('no', end=' ')\n"));
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "-1 -1 -1 -1 -1 -1 no no ");
}

TEST_CASE("A run that used the network is the last in its sandbox") {
  if (!have_engine()) return;
  const auto ends = [](const std::string& leave, const SandboxOptions& options = {}) {
    return run_once(two_runs(leave, "  print(open('/proc/net/snmp').read())"), options);
  };
  const std::string datagram =
      "  import socket\n"
      "  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 0))\n"
      "  s.sendto(b'x' * 7, s.getsockname())";
  const std::string no_route =
      "  import socket\n"
      "  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
      "  try: s.connect(('192.0.2.1', 9))\n"
      "  except OSError: pass";
  for (const auto& leave : {datagram, no_route}) {
    const auto outcome = ends(leave);
    CHECK(outcome.steps.size() == 1);
    CHECK(outcome.steps.at(0).exit_code == 0);
    CHECK(outcome.tainted == "the network was used");
  }
  CHECK(ends("  import socket; socket.socketpair()").steps.size() == 2);
  CHECK(ends(datagram, weak("seal")).steps.size() == 2);
}

TEST_CASE("What a run leaves and nobody can delete ends the job there") {
  if (!have_engine()) return;
  const auto outcome =
      run_once(two_runs("  open('/tmp/left', 'w')", "  print(os.listdir('/tmp'))"), weak("clean"));
  CHECK(outcome.steps.size() == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.tainted == "something is left on a tmpfs");
  CHECK(run_once(two_runs("  open('/tmp/left', 'w')", "  print(os.listdir('/tmp'))"),
                 weak("clean,proof"))
            .out == "['left']\n");
}

TEST_CASE("A sandbox whose files tell when they were read is refused") {
  if (!have_engine()) return;
  SandboxOptions options;
  options.without = {"--tmpfs=/box:rw,exec,nosuid,nodev,noatime,size=32m,nr_inodes=8192,mode=1777"};
  options.extra = {"--tmpfs=/box:rw,exec,nosuid,nodev,size=32m,nr_inodes=8192,mode=1777"};
  AgentSession session(options);
  CHECK(session.hello() == "/box tells when its files were read");
}
