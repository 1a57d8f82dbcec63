#include "worker/docker_command.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

using Arguments = std::vector<std::string>;

DockerSettings settings() {
  DockerSettings s;
  s.docker = "/usr/bin/docker";
  s.config_dir = "/empty";
  s.seccomp_profile = "/profile.json";
  s.label = "worker-3";
  return s;
}

SandboxClass sandbox() { return {"sha256:abc", 131072, 64, 0.5}; }

Arguments run(const DockerSettings& s = settings()) {
  return run_sandbox(s, sandbox(), "runyard-0123").argv;
}

bool has(const Arguments& argv, const Arguments& part) {
  return std::search(argv.begin(), argv.end(), part.begin(), part.end()) != argv.end();
}

/// The options of the tmpfs at this place.
std::string tmpfs(const Arguments& argv, const std::string& place) {
  for (std::size_t i = 1; i < argv.size(); ++i)
    if (argv[i - 1] == "--tmpfs" && argv[i].rfind(place + ":", 0) == 0) return argv[i];
  return "none";
}

}  // namespace

TEST_CASE("each protection is one of the arguments") {
  const auto argv = run();
  const std::vector<Arguments> wanted = {
      {"/usr/bin/docker", "run", "-i"},
      {"--rm"},
      {"--pull", "never"},
      {"--sig-proxy=false"},
      {"--name", "runyard-0123"},
      {"--hostname", "sandbox"},
      {"--label", "runyard=worker-3"},
      {"--network", "none"},
      {"--cgroupns", "private"},
      {"--ipc", "none"},
      {"--read-only"},
      {"--user", "0:0"},
      {"--workdir", "/"},
      {"--entrypoint", "/runyard/agent"},
      {"--cap-drop", "ALL"},
      {"--cap-add", "SETUID", "--cap-add", "SETGID", "--cap-add", "KILL"},
      {"--security-opt", "no-new-privileges:true"},
      {"--security-opt", "seccomp=/profile.json"},
      {"--pids-limit", "72"},
      {"--memory", "139264k", "--memory-swap", "139264k"},
      {"--cpus", "0.5"},
      {"--oom-score-adj", "500"},
      {"--ulimit", "core=1:1"},
      {"--ulimit", "nofile=4096:4096"},
      {"--ulimit", "msgqueue=0:0"},
      {"--ulimit", "memlock=65536:65536"},
      {"--log-driver", "none"},
      {"--stop-timeout", "0"},
      {"--restart", "no"},
      {"--no-healthcheck"},
  };
  for (const auto& part : wanted) {
    INFO(part[0] << " " << part.back());
    CHECK(has(argv, part));
  }
  CHECK(argv.back() == "sha256:abc");  // an id, and nothing after it
}

TEST_CASE(
    "every place that can be written to is bounded, and no device or setuid file works there") {
  const auto argv = run();
  for (const char* place : {"/box", "/tmp", "/dev/shm", "/run"}) {
    const auto options = tmpfs(argv, place);
    INFO(options);
    for (const char* part : {"nosuid", "nodev", "size=", "nr_inodes=", "mode="})
      CHECK_THAT(options, test::contains(part));
  }
  CHECK(std::count(argv.begin(), argv.end(), "--tmpfs") == 4);
  CHECK_THAT(tmpfs(argv, "/box"), test::contains("size=67108864") && test::contains("mode=1777"));
  CHECK_THAT(tmpfs(argv, "/dev/shm"), test::contains("noexec"));
}

TEST_CASE("what would open the sandbox is not there") {
  const auto argv = run();
  for (const char* never :
       {"-t", "-e", "--env", "--init", "--privileged", "-v", "--volume", "--mount", "--pid",
        "--uts", "--userns", "--device", "--publish", "-p", "--group-add", "-d", "--env-file"})
    CHECK(std::count(argv.begin(), argv.end(), never) == 0);
  CHECK(std::count(argv.begin(), argv.end(), "--cap-add") == 3);
  for (const auto& argument : argv) {
    CHECK(argument.find("nproc=") == std::string::npos);
    CHECK(argument.find("unconfined") == std::string::npos);
    CHECK(argument.find("=host") == std::string::npos);
  }
}

TEST_CASE("files in memory never take more than half of the memory") {
  CHECK(box_bytes(8 * 1024) == 4 * 1024 * 1024);
  CHECK(box_bytes(128 * 1024) == 64 * 1024 * 1024);
  CHECK(box_bytes(4 * 1024 * 1024) == 64 * 1024 * 1024);
}

TEST_CASE("numbers are written the same in every locale") {
  auto s = sandbox();
  for (const auto& [cpus, text] : {std::pair{1.0, "1"}, {0.25, "0.25"}, {16.0, "16"}}) {
    s.cpus = cpus;
    CHECK(has(run_sandbox(settings(), s, "n").argv, {"--cpus", text}));
  }
}

TEST_CASE("a runtime and an AppArmor profile are used where they are set") {
  auto s = settings();
  CHECK_FALSE(has(run(s), {"--runtime"}));
  s.runtime = "runsc";
  s.apparmor_profile = "runyard";
  CHECK(has(run(s), {"--runtime", "runsc"}));
  CHECK(has(run(s), {"--security-opt", "apparmor=runyard"}));
  CHECK(run(s).back() == "sha256:abc");
}

TEST_CASE("a docker call has a constant environment") {
  const Arguments constant = {"PATH=/usr/bin:/bin", "DOCKER_CONFIG=/empty", "GOMAXPROCS=1"};
  CHECK(run_sandbox(settings(), sandbox(), "n").environment == constant);
  CHECK(list_images(settings()).environment == constant);
  auto s = settings();
  s.host = "unix:///other.sock";
  CHECK(list_containers(s, "x").environment.back() == "DOCKER_HOST=unix:///other.sock");
}

TEST_CASE("other calls name what they mean and nothing else") {
  CHECK(remove_containers(settings(), {"a", "-b"}).argv ==
        Arguments{"/usr/bin/docker", "rm", "-f", "--", "a", "-b"});
  CHECK(has(list_containers(settings(), "worker-3").argv, {"--filter", "label=runyard=worker-3"}));
  CHECK(has(list_images(settings()).argv, {"image", "ls", "--no-trunc"}));
  CHECK(inspect_volumes(settings(), "sha256:x").argv.back() == "sha256:x");
}

TEST_CASE("classes that differ in anything differ") {
  const auto base = sandbox();
  CHECK(base == sandbox());
  CHECK_FALSE(base < sandbox());
  for (int i = 0; i < 4; ++i) {
    auto other = base;
    if (i == 0) other.image_id = "sha256:abd";
    if (i == 1) ++other.memory_kb;
    if (i == 2) ++other.processes;
    if (i == 3) other.cpus += 0.5;
    CHECK_FALSE(base == other);
    CHECK(base < other);
    CHECK_FALSE(other < base);
  }
}

TEST_CASE("only an image without an agent gets the host's, read-only") {
  auto s = settings();
  s.agent = "/opt/runyard/runyard-agent";
  CHECK_FALSE(has(run(s), {"--mount"}));
  auto foreign = sandbox();
  foreign.brings_agent = false;
  const auto argv = run_sandbox(s, foreign, "runyard-0123").argv;
  CHECK(has(argv, {"--mount",
                   "type=bind,source=/opt/runyard/runyard-agent,target=/runyard/agent,readonly"}));
  CHECK(argv.back() == "sha256:abc");
  CHECK_FALSE(foreign == sandbox());
}
