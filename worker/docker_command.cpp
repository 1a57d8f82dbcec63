#include "worker/docker_command.hpp"

#include <algorithm>
#include <sstream>
#include <tuple>

#include "agent/protocol.hpp"

namespace runyard {
namespace {

// The agent, its helpers and the kernel's own threads of the container; the job has `processes` to
// itself.
constexpr std::int64_t kOwnProcesses = 8;
// The agent and its buffers, and what it keeps back for when a program has filled all else.
constexpr std::int64_t kOwnMemoryKb =
    4 * 1024 + static_cast<std::int64_t>(protocol::kReserveBytes / 1024);

Command docker(const DockerSettings& settings, std::vector<std::string> arguments) {
  Command command;
  command.argv = {settings.docker};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  // GOMAXPROCS: a client only copies bytes; one thread of Go is less memory and less waking up.
  command.environment = {"PATH=/usr/bin:/bin", "DOCKER_CONFIG=" + settings.config_dir,
                         "GOMAXPROCS=1"};
  if (!settings.host.empty()) command.environment.push_back("DOCKER_HOST=" + settings.host);
  return command;
}

std::string number(double value) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << value;
  return out.str();
}

}  // namespace

bool SandboxClass::operator<(const SandboxClass& other) const {
  return std::tie(image_id, memory_kb, processes, cpus, brings_agent) <
         std::tie(other.image_id, other.memory_kb, other.processes, other.cpus, other.brings_agent);
}

std::int64_t box_bytes(std::int64_t memory_kb) {
  return std::min<std::int64_t>(64 * 1024 * 1024, memory_kb * 1024 / 2);
}

Command run_sandbox(const DockerSettings& settings, const SandboxClass& sandbox,
                    const std::string& container_name) {
  const auto box = box_bytes(sandbox.memory_kb);
  const auto tmpfs = [](std::int64_t bytes) {
    // noatime: whether a test has read a file is nothing that the next may learn.
    return ",nosuid,nodev,noatime,size=" + std::to_string(bytes);
  };
  const std::string memory = std::to_string(sandbox.memory_kb + kOwnMemoryKb) + "k";
  std::vector<std::string> arguments = {
      "run", "-i", "--rm", "--pull", "never", "--sig-proxy=false", "--name", container_name,
      "--hostname", "sandbox", "--label", "runyard=" + settings.label,
      // No network, no shared namespaces, nothing to write to but the tmpfs below.
      "--network", "none", "--cgroupns", "private", "--ipc", "none", "--read-only", "--user", "0:0",
      "--workdir", "/", "--entrypoint", "/runyard/agent",
      // What the agent needs to become the job's user and to end its processes, and nothing else.
      "--cap-drop", "ALL", "--cap-add", "SETUID", "--cap-add", "SETGID", "--cap-add", "KILL",
      "--security-opt", "no-new-privileges:true", "--security-opt",
      "seccomp=" + settings.seccomp_profile,
      // Swap equal to memory means none.
      "--pids-limit", std::to_string(sandbox.processes + kOwnProcesses), "--memory", memory,
      "--memory-swap", memory, "--cpus", number(sandbox.cpus), "--oom-score-adj", "500",
      // A core limit of 0 does not stop a core_pattern that is a pipe; 1 does.
      "--ulimit", "core=1:1", "--ulimit", "nofile=4096:4096", "--ulimit", "msgqueue=0:0",
      "--ulimit", "memlock=65536:65536",
      // Without a size a tmpfs takes half of the host's memory.
      "--tmpfs", "/box:rw,exec" + tmpfs(box) + ",nr_inodes=16384,mode=1777", "--tmpfs",
      "/tmp:rw,exec" + tmpfs(box / 2) + ",nr_inodes=16384,mode=1777", "--tmpfs",
      "/dev/shm:rw,noexec" + tmpfs(box / 4) + ",nr_inodes=4096,mode=1777", "--tmpfs",
      "/run:rw,noexec,nosuid,nodev,noatime,size=65536,nr_inodes=64,mode=755",
      // json-file would write a program's output to the host's disk.
      "--log-driver", "none", "--stop-timeout", "0", "--restart", "no", "--no-healthcheck"};
  if (!settings.apparmor_profile.empty())
    arguments.insert(arguments.end(), {"--security-opt", "apparmor=" + settings.apparmor_profile});
  if (!settings.runtime.empty()) arguments.insert(arguments.end(), {"--runtime", settings.runtime});
  // One file, read-only, the same for all: nothing that two owners could meet in.
  if (!sandbox.brings_agent)
    arguments.insert(arguments.end(), {"--mount", "type=bind,source=" + settings.agent +
                                                      ",target=/runyard/agent,readonly"});
  arguments.push_back(sandbox.image_id);
  return docker(settings, std::move(arguments));
}

Command remove_containers(const DockerSettings& settings, const std::vector<std::string>& names) {
  std::vector<std::string> arguments = {"rm", "-f", "--"};
  arguments.insert(arguments.end(), names.begin(), names.end());
  return docker(settings, std::move(arguments));
}

Command list_containers(const DockerSettings& settings, const std::string& label) {
  return docker(settings, {"ps", "-aq", "--no-trunc", "--filter", "label=runyard=" + label});
}

Command list_images(const DockerSettings& settings) {
  return docker(settings, {"image", "ls", "--no-trunc", "--filter", "label=runyard.image",
                           "--format", "{{.ID}} {{.Repository}} {{.Tag}}"});
}

Command inspect_image(const DockerSettings& settings, const std::string& reference) {
  return docker(settings,
                {"image", "inspect", "--format",
                 "{{.Id}}\n{{json .Config.Volumes}}\n{{json .Config.Env}}", "--", reference});
}

Command inspect_volumes(const DockerSettings& settings, const std::string& image_id) {
  return docker(settings, {"image", "inspect", "--format", "{{json .Config.Volumes}}", image_id});
}

}  // namespace runyard
