// The agent's smaller parts that need no sandbox.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "agent/attest.hpp"
#include "agent/blob.hpp"
#include "agent/cgroup.hpp"
#include "agent/child.hpp"
#include "agent/files.hpp"
#include "agent/limits.hpp"
#include "agent/out_queue.hpp"
#include "agent/proof.hpp"
#include "agent/streams.hpp"
#include "agent/tmpfs.hpp"
#include "tests/support/catch.hpp"

using namespace runyard::agent;
using runyard::protocol::FrameType;

namespace {

struct Folder {
  std::string path = [] {
    char name[] = "/tmp/runyard-test-XXXXXX";
    return std::string(::mkdtemp(name));
  }();
  ~Folder() {
    if (std::system(("rm -rf " + path).c_str()) != 0) WARN("could not remove " + path);
  }
  void write(const std::string& name, const std::string& text) const {
    const auto full = path + "/" + name;
    for (auto at = full.find('/', path.size() + 1); at != std::string::npos;
         at = full.find('/', at + 1))
      ::mkdir(full.substr(0, at).c_str(), 0755);
    std::ofstream(full) << text;
  }
};

const std::string kStatus =
    "Name:\tagent\nUid:\t0\t0\t0\t0\nCapInh:\t0000000000000000\nCapPrm:\t00000000000000e0\n"
    "CapEff:\t00000000000000e0\nCapBnd:\t00000000000000e0\nCapAmb:\t0000000000000000\nNoNewPrivs:"
    "\t1\nSeccomp:\t2\n";

const std::string kMounts =
    "1 0 0:83 / / ro,relatime master:6 - overlay overlay rw,lowerdir=/x\n"
    "2 1 0:86 / /proc rw,nosuid - proc proc rw\n"
    "3 1 0:87 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k\n"
    "4 3 0:88 / /dev/pts rw,nosuid - devpts devpts rw\n"
    "5 1 0:90 / /sys/fs/cgroup rw,nosuid - tmpfs tmpfs rw\n"
    "6 1 0:91 / /box rw,nosuid,nodev,noatime - tmpfs tmpfs rw\n"
    "7 1 0:92 / /tmp rw,nosuid,noatime - tmpfs tmpfs rw\n"
    "8 3 0:93 / /dev/shm rw,nosuid,noatime - tmpfs tmpfs rw\n"
    "9 1 254:0 /c/hosts /etc/hosts ro,relatime - ext4 /dev/vda rw\n";

Surroundings good() {
  Surroundings seen;
  seen.pid = 1;
  seen.status = kStatus;
  seen.mountinfo = kMounts;
  seen.interfaces = {"lo"};
  return seen;
}

std::string with(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

std::string read_all(int fd) {
  char buffer[4096];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  return n <= 0 ? "" : std::string(buffer, static_cast<std::size_t>(n));
}

}  // namespace

TEST_CASE("A sandbox as it must be is accepted") { CHECK(attest(good()).empty()); }

TEST_CASE("Each missing protection of the sandbox is named") {
  auto seen = good();
  seen.pid = 7;
  CHECK(attest(seen) == "the agent is not PID 1 of the sandbox");
  const auto status = [](const std::string& what, const std::string& by) {
    auto one = good();
    one.status = with(kStatus, what, by);
    return attest(one);
  };
  CHECK(status("CapEff:\t00000000000000e0", "CapEff:\t00000000a80425fb") != "");
  CHECK(status("CapEff:\t00000000000000e0", "CapEff:\t00000000000000c0") != "");
  CHECK(status("CapBnd:\t00000000000000e0", "CapBnd:\t00000000000001e0") != "");
  CHECK(status("CapBnd:\t00000000000000e0", "") != "");
  CHECK(status("CapAmb:\t0000000000000000", "CapAmb:\t0000000000000020") != "");
  CHECK(status("CapInh:\t0000000000000000", "CapInh:\t0000000000200000") != "");
  CHECK(status("NoNewPrivs:\t1", "NoNewPrivs:\t0") == "no-new-privileges is not set");
  CHECK(status("Seccomp:\t2", "Seccomp:\t0") == "no seccomp profile is loaded");
  CHECK(status("Uid:\t0", "Uid:\t5") == "the agent is not uid 0");
  seen = good();
  seen.interfaces.push_back("eth0");
  CHECK(attest(seen) == "there is a network interface besides lo: eth0");
  const auto mounts = [](const std::string& what, const std::string& by) {
    auto one = good();
    one.mountinfo = with(kMounts, what, by);
    return attest(one);
  };
  CHECK(mounts("/ / ro,", "/ / rw,") == "/ is writable");
  CHECK(mounts("/etc/hosts ro,", "/etc/hosts rw,") == "a writable mount at /etc/hosts");
  CHECK(mounts("/box rw", "/data rw") == "a writable mount at /data");
  CHECK(mounts("/tmp rw", "/tmp ro") == "/tmp is not a writable tmpfs");
  CHECK(mounts("/tmp rw,nosuid,noatime", "/tmp rw,nosuid,relatime") ==
        "/tmp tells when its files were read");
  CHECK(mounts("/box rw,nosuid,nodev,noatime - tmpfs", "/box rw - ext4") ==
        "a writable mount at /box");
  seen = good();
  seen.missing_counter = "the CPU time of the cgroup";
  CHECK(attest(seen) == "cannot read the CPU time of the cgroup");
  CHECK(!attest(Surroundings{}).empty());
}

TEST_CASE("Counters are read out of the kernel's tables") {
  CHECK(counter("123\n", "") == 123u);
  CHECK(counter("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "oom_kill") == 3u);
  CHECK(counter("max 18446744073709551615\n", "max") == UINT64_MAX);
  CHECK(!counter("max 18446744073709551616\n", "max"));
  CHECK(!counter("max x\n", "max"));
  CHECK(!counter("", "max"));
  CHECK(!counter("maximum 1\n", "max"));
}

TEST_CASE("Cgroups of version 1 and 2 count the same") {
  const Folder v1;
  v1.write("cpuacct/cpuacct.usage", "5000\n");
  v1.write("memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
  v1.write("memory/memory.stat", "cache 9\nrss 100\nshmem 20\n");
  v1.write("memory/memory.max_usage_in_bytes", "777\n");
  v1.write("pids/pids.events", "max 4\n");
  v1.write("pids/pids.current", "3\n");
  const Folder v2;
  v2.write("cgroup.controllers", "cpu memory pids\n");
  v2.write("cpu.stat", "usage_usec 5\nuser_usec 1\n");
  v2.write("memory.events", "low 0\noom 1\noom_kill 2\noom_group_kill 0\n");
  v2.write("memory.stat", "anon 100\nfile 5\nshmem 20\n");
  v2.write("memory.peak", "777\n");
  v2.write("pids.events", "max 4\n");
  v2.write("pids.current", "3\n");
  for (const auto& path : {v1.path, v2.path}) {
    const Cgroup cgroup(path);
    CHECK(cgroup.missing().empty());
    CHECK(cgroup.cpu_ns() == 5000u);
    CHECK(cgroup.oom_kills() == 2u);
    CHECK(cgroup.refused_forks() == 4u);
    CHECK(cgroup.processes() == 3u);
    CHECK(cgroup.memory_bytes() == 120u);
    CHECK(cgroup.peak_bytes() == 777u);
  }
  const Folder none;
  CHECK(!Cgroup(none.path).missing().empty());
}

TEST_CASE("The limits of a step are seen in the counters") {
  const Folder folder;
  const auto write = [&](const char* cpu, const char* oom, const char* forks,
                         const char* processes) {
    folder.write("cpuacct/cpuacct.usage", cpu);
    folder.write("memory/memory.oom_control", std::string("oom_kill ") + oom + "\n");
    folder.write("pids/pids.events", std::string("max ") + forks + "\n");
    folder.write("pids/pids.current", processes);
  };
  write("1000", "1", "1", "1");
  const Cgroup cgroup(folder.path);
  Step step;
  step.wall_ms = 1000;
  step.cpu_ms = 100;
  step.processes = 5;
  LimitWatch watch(step, cgroup, 0);
  watch.start(1);
  using runyard::protocol::Limit;
  const std::uint64_t later = 100'000'000;
  CHECK(watch.check(later) == Limit::kNone);
  CHECK(watch.check(2'000'000'000) == Limit::kWall);
  write("1000", "2", "1", "1");
  CHECK(watch.check_ended() == Limit::kMemory);
  write("1000", "1", "2", "1");
  CHECK(watch.check_ended() == Limit::kProcesses);
  write("9000000000", "1", "1", "1");
  CHECK(watch.check_ended() == Limit::kCpu);
  CHECK(watch.check(2'000'000'000) == Limit::kCpu);  // also when the wall time is over
  write("1000", "1", "1", "7");
  CHECK(watch.check_ended() == Limit::kNone);  // nobody is left then
  CHECK(watch.check(later * 3) == Limit::kProcesses);
}

TEST_CASE("CPU time is looked at when it may be used up, but neither too often nor too rarely") {
  CHECK(next_look_ns(20'000'000, 2) == 10'000'000);
  CHECK(next_look_ns(0, 2) == 1'000'000);
  CHECK(next_look_ns(60'000'000'000, 2) == 50'000'000);
}

TEST_CASE("The folders of a job are found, and what else is writable") {
  CHECK(job_folders(kMounts) == std::vector<std::string>{"/box", "/tmp", "/dev/shm"});
  CHECK(other_writable(kMounts).empty());
  CHECK(other_writable("1 0 0:1 / /mnt rw - tmpfs tmpfs rw\n") == std::vector<std::string>{"/mnt"});
  CHECK(other_writable("1 0 0:1 / /dev/x rw - ext4 /dev/vda rw\n") ==
        std::vector<std::string>{"/dev/x"});
  CHECK(any_full({{100, 100}, {2, 100}}));
  CHECK(any_full({{100, 0}}));
  CHECK(!any_full({{100, 1}}));
}

TEST_CASE("Socket counts leave out what the kernel keeps for itself") {
  const std::string idle =
      "sockets: used 1\nTCP: inuse 0 orphan 0 tw 0 alloc 1 mem 442\nFRAG: inuse 0 memory 0\n";
  CHECK(socket_counts(idle) == "sockets used=1\nTCP inuse=0 orphan=0 tw=0\nFRAG inuse=0\n");
  CHECK(socket_counts(idle) == socket_counts(with(idle, "mem 442", "mem 9")));
  CHECK(socket_counts(idle) != socket_counts(with(idle, "tw 0", "tw 1")));
  CHECK(only_heading("key id\n"));
  CHECK(!only_heading("key id\n1 2\n"));
}

TEST_CASE("Programs are looked for along the job's own PATH") {
  using List = std::vector<std::string>;
  CHECK(program_paths({"./a"}, {"PATH=/bin"}) == List{"./a"});
  CHECK(program_paths({"a"}, {"X=1", "PATH=/usr/bin::/bin"}) == List{"/usr/bin/a", "/bin/a"});
  CHECK(program_paths({"a"}, {}).empty());
}

TEST_CASE("A star stands for anything but a leading dot") {
  CHECK(matches("*.class", "Main.class"));
  CHECK(matches("a*z", "az"));
  CHECK(matches("exact", "exact"));
  CHECK(!matches("a*za", "aza!"));
  CHECK(!matches("ab*ba", "aba"));
  CHECK(!matches("*", ".bashrc"));
  CHECK(!matches("exact", "other"));
}

TEST_CASE("Output is queued as frames and cut at the exact byte") {
  Pipe source = make_pipe();
  Pipe worker = make_pipe();
  REQUIRE(set_nonblocking(source.read.get()));
  OutQueue queue(worker.write.get());
  OutputStream stream(FrameType::kStdout, 5);
  stream.open(std::move(source.read));
  CHECK(stream.pump(queue, 1, 2) == OutputStream::Read::kNothing);
  REQUIRE(::write(source.write.get(), "hello", 5) == 5);
  CHECK(stream.pump(queue, 1, 2) == OutputStream::Read::kData);
  CHECK(!stream.truncated());
  REQUIRE(::write(source.write.get(), "!", 1) == 1);
  CHECK(stream.pump(queue, 1, 2) == OutputStream::Read::kClosed);
  CHECK(stream.truncated());
  REQUIRE(queue.flush_some());
  std::string expected;
  runyard::protocol::append_frame(expected, FrameType::kStdout, 1, "hello", 2);
  CHECK(read_all(worker.read.get()) == expected);
}

TEST_CASE("The queue keeps its bytes in order when the worker is slow") {
  Pipe worker = make_pipe();
  REQUIRE(set_nonblocking(worker.write.get()));
  REQUIRE(set_nonblocking(worker.read.get()));
  OutQueue queue(worker.write.get());
  std::string expected;
  std::string got;
  for (int i = 0; i < 100; ++i) {
    const std::string payload(50'000, static_cast<char>('a' + i % 26));
    while (!queue.has_room()) {
      got += read_all(worker.read.get());
      REQUIRE(queue.flush_some());
    }
    queue.add(FrameType::kStdout, 1, 0, payload);
    runyard::protocol::append_frame(expected, FrameType::kStdout, 1, payload);
  }
  while (got.size() < expected.size()) {
    REQUIRE(queue.flush_some());
    got += read_all(worker.read.get());
  }
  CHECK(got == expected);
  CHECK(queue.empty());
}

TEST_CASE("Input is written as it is read, and its end closes the pipe") {
  Pipe pipe = make_pipe();
  REQUIRE(set_nonblocking(pipe.write.get()));
  const std::string bytes(100'000, 'i');
  InputStream input{std::string_view(bytes)};
  input.open(std::move(pipe.write));
  std::size_t got = 0;
  for (int i = 0; i < 100 && input.is_open(); ++i) {
    input.pump();
    got += read_all(pipe.read.get()).size();
  }
  CHECK(!input.is_open());
  while (const auto more = read_all(pipe.read.get()).size()) got += more;
  CHECK(got == bytes.size());
}

TEST_CASE("A blob holds what it was made for, also after it was let go") {
  Blob blob;
  CHECK(blob.view().empty());
  blob.reserve(600'000);
  blob.append(std::string(599'999, 'b'));
  blob.let_go();
  blob.append("c");
  CHECK(blob.view().size() == 600'000);
  CHECK(blob.view().substr(599'998) == "bc");
  CHECK_THROWS_AS(blob.append("d"), std::length_error);
  Blob other = std::move(blob);
  CHECK(blob.view().empty());
  CHECK(other.size() == 600'000);
}
