#include "tests/support/agent_session.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "tests/support/paths.hpp"

namespace runyard::test {

using protocol::FrameType;

namespace {

/// The agents of the same build: ../agent/ from this test program.
std::string agent_folder() {
  char path[4096];
  const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
  if (n <= 0) throw std::runtime_error("/proc/self/exe");
  std::string folder(path, static_cast<std::size_t>(n));
  folder.erase(folder.rfind('/'));
  return folder + "/../agent";
}

pid_t start(const std::vector<std::string>& argv, int in, int out) {
  std::vector<char*> pointers;
  for (const auto& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (in >= 0) ::dup2(in, 0);
    if (out >= 0) ::dup2(out, 1);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  if (pid < 0) throw std::runtime_error("fork");
  return pid;
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += (out.size() > 1 ? "," : "") + quote(text);
  return out + "]";
}

std::string json_of(const TestJob& job) {
  std::string files;
  for (const auto& [name, bytes] : job.files)
    files += (files.empty() ? "" : ",") + ("{\"name\":" + quote(name)) +
             ",\"size\":" + std::to_string(bytes.size()) + ",\"mode\":438}";
  std::string steps;
  for (const auto& step : job.steps) {
    steps +=
        (steps.empty() ? "" : ",") + ("{\"kind\":" + quote(step.kind)) +
        ",\"argv\":" + list(step.argv) + ",\"env\":" +
        list({"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/box", "TMPDIR=/tmp", "LANG=C.UTF-8"}) +
        ",\"stdin_size\":" + std::to_string(step.stdin_bytes.size()) +
        ",\"interactive\":" + (step.interactive ? "true" : "false") +
        ",\"wall_ms\":" + std::to_string(step.wall_ms) +
        ",\"cpu_ms\":" + std::to_string(step.cpu_ms) +
        ",\"output_bytes\":" + std::to_string(step.output_bytes) +
        ",\"file_bytes\":" + std::to_string(step.file_bytes) +
        ",\"processes\":" + std::to_string(step.processes) +
        ",\"address_space_bytes\":0,\"collect\":" + list(step.collect) +
        ",\"collect_bytes\":" + std::to_string(step.collect_bytes) + "}";
  }
  return "{\"files\":[" + files + "],\"steps\":[" + steps +
         "],\"live\":" + (job.live ? "true" : "false") +
         ",\"tty\":" + (job.tty ? "{\"cols\":80,\"rows\":24}" : "null") + "}";
}

}  // namespace

std::string output_of(const std::vector<std::string>& argv) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  const pid_t pid = start(argv, -1, ends[1]);
  ::close(ends[1]);
  std::string out;
  char buffer[4096];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    out.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error(argv.front() + " failed");
  return out;
}

std::string agent_test_image() {
  static const std::string image = []() -> std::string {
    // The base takes a minute of apt; it is known by its text, so that it is built once. The agents
    // are a layer on it, of which only the newest stays.
    const std::string script = R"sh(set -e
dockerfile='FROM debian:trixie-slim
RUN apt-get update -q \
 && apt-get install -yq --no-install-recommends python3 gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
LABEL runyard.test=1'
base=runyard-test-base:$(printf %s "$dockerfile" | sha256sum | cut -c1-12)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build() { # tag
  docker build --force-rm --network host -t "$1" "$folder" >"$folder.log" 2>&1 && rm "$folder.log" && return
  cat "$folder.log" >&2
  rm -f "$folder.log"
  echo "docker build of $1 failed" >&2
  exit 1
}
if ! docker image inspect "$base" >/dev/null 2>&1; then
  echo "building $base for the tests (python3 and gcc by apt), once: about a minute" >&2
  printf '%s\n' "$dockerfile" >"$folder/Dockerfile"
  build "$base"
  echo "built $base" >&2
fi
cp "$0/runyard-agent" "$0/runyard-agent-weak" "$folder"
printf 'FROM %s\nCOPY runyard-agent runyard-agent-weak /runyard-test/\n' "$base" >"$folder/Dockerfile"
build "$1"
docker image prune -f --filter label=runyard.test=1 >/dev/null || true)sh";
    try {
      output_of({"docker", "version", "--format", "{{.Server.Version}}"});
    } catch (const std::runtime_error&) {
      return "";
    }
    // A tag of this build's own: tests of another checkout on this machine have other agents.
    const auto folder = std::filesystem::canonical(agent_folder()).string();
    const auto tag = "runyard-agent-test:" + std::to_string(std::hash<std::string>{}(folder));
    output_of({"sh", "-c", script, folder, tag});
    return tag;
  }();
  return image;
}

std::vector<std::string> sandbox_arguments(const SandboxOptions& options, const std::string& name) {
  std::vector<std::string> flags = {
      "--rm",
      "--pull=never",
      "--sig-proxy=false",
      "--name=" + name,
      "--hostname=sandbox",
      "--label=runyard=agent-test",
      "--network=none",
      "--cgroupns=private",
      "--ipc=none",
      "--read-only",
      "--user=0:0",
      "--workdir=/",
      "--entrypoint=/runyard-test/" +
          std::string(options.agent_without.empty() ? "runyard-agent" : "runyard-agent-weak"),
      "--cap-drop=ALL",
      "--cap-add=SETUID",
      "--cap-add=SETGID",
      "--cap-add=KILL",
      "--security-opt=no-new-privileges:true",
      "--security-opt=seccomp=" + source_path("docker/seccomp/profile.json"),
      "--pids-limit=" + std::to_string(options.processes + 8),
      "--memory=" + options.memory,
      "--memory-swap=" + options.memory,
      "--cpus=" + options.cpus,
      "--oom-score-adj=500",
      "--ulimit=core=1:1",
      "--ulimit=nofile=4096:4096",
      "--ulimit=msgqueue=0:0",
      "--ulimit=memlock=65536:65536",
      "--tmpfs=/box:rw,exec,nosuid,nodev,noatime,size=32m,nr_inodes=8192,mode=1777",
      "--tmpfs=/tmp:rw,exec,nosuid,nodev,noatime,size=32m,nr_inodes=8192,mode=1777",
      "--tmpfs=/dev/shm:rw,nosuid,nodev,noatime,size=16m,nr_inodes=1024,mode=1777",
      "--tmpfs=/run:rw,nosuid,nodev,noatime,size=64k,nr_inodes=16,mode=755",
      "--log-driver=none",
      "--stop-timeout=0",
      "--restart=no",
      "--no-healthcheck",
  };
  for (const auto& flag : options.without)
    flags.erase(std::remove(flags.begin(), flags.end(), flag), flags.end());
  if (!options.agent_without.empty())
    flags.push_back("--env=RUNYARD_AGENT_WITHOUT=" + options.agent_without);
  flags.insert(flags.end(), options.extra.begin(), options.extra.end());
  std::vector<std::string> out = {"docker", "run", "-i"};
  out.insert(out.end(), flags.begin(), flags.end());
  out.push_back(options.image.empty() ? agent_test_image() : options.image);
  return out;
}

TestJob python(const std::string& code) {
  TestJob job;
  job.files["main.py"] = code;
  job.steps.emplace_back();
  job.steps.back().argv = {"python3", "main.py"};
  return job;
}

AgentSession::AgentSession(const SandboxOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);
  static std::atomic<int> number{0};
  name_ = "runyard-agent-test-" + std::to_string(::getpid()) + "-" + std::to_string(number++);
  const auto arguments = sandbox_arguments(options, name_);
  int to[2];
  int from[2];
  if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe");
  pid_ = start(arguments, to[0], from[1]);
  ::close(to[0]);
  ::close(from[1]);
  in_ = to[1];
  out_ = from[0];
}

AgentSession::~AgentSession() {
  close_input();
  int status = 0;
  for (int i = 0; i < 500; ++i) {
    if (::waitpid(pid_, &status, WNOHANG) == pid_) break;
    ::poll(nullptr, 0, 10);
    if (i == 499) ::kill(pid_, SIGKILL);
  }
  ::close(out_);
}

void AgentSession::close_input() {
  if (in_ >= 0) ::close(in_);
  in_ = -1;
}

void AgentSession::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(in_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // what the agent said before it went is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void AgentSession::send(FrameType type, std::string_view payload, std::uint16_t step) {
  std::string frame;
  protocol::append_frame(frame, type, job_, payload, step);
  send_raw(frame);
}

bool AgentSession::read_more() {
  pollfd ready{out_, POLLIN, 0};
  constexpr int kTimeoutMs = 30'000;
  if (::poll(&ready, 1, kTimeoutMs) <= 0) throw std::runtime_error("the agent is silent");
  char bytes[65536];
  const ssize_t n = ::read(out_, bytes, sizeof bytes);
  if (n <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return true;
}

bool AgentSession::receive(Received& frame) {
  for (;;) {
    if (buffer_.size() >= protocol::kHeaderSize) {
      std::string_view rest = buffer_;
      const auto size = protocol::detail::get<std::uint32_t>(rest);
      frame.type = static_cast<FrameType>(protocol::detail::get<std::uint8_t>(rest));
      protocol::detail::get<std::uint8_t>(rest);
      frame.step = protocol::detail::get<std::uint16_t>(rest);
      if (buffer_.size() >= protocol::kHeaderSize + size) {
        frame.payload = buffer_.substr(protocol::kHeaderSize, size);
        buffer_.erase(0, protocol::kHeaderSize + size);
        return true;
      }
    }
    if (!read_more()) return false;
  }
}

std::string AgentSession::hello(std::uint32_t first_uid) {
  std::string payload = "0123456789abcdef";
  protocol::detail::put(payload, first_uid);
  send(FrameType::kHello, payload);
  Received frame;
  if (!receive(frame)) return "gone";
  std::string expected = payload.substr(0, protocol::kNonceSize);
  protocol::detail::put(expected, protocol::kVersion);
  if (frame.type == FrameType::kReady && frame.payload == expected) return "";
  return frame.payload;
}

void AgentSession::submit(const TestJob& job) {
  ++job_;
  std::string blob;
  for (const auto& file : job.files) blob += file.second;
  for (const auto& step : job.steps) blob += step.stdin_bytes;
  std::string bytes;
  protocol::append_frames(bytes, FrameType::kJob, job_, json_of(job), 0, true);
  if (!blob.empty()) protocol::append_frames(bytes, FrameType::kBlob, job_, blob);
  send_raw(bytes);
}

JobOutcome AgentSession::outcome() {
  JobOutcome out;
  const auto start = std::chrono::steady_clock::now();
  Received frame;
  while (receive(frame)) {
    switch (frame.type) {
      case FrameType::kStdout:
        out.out += frame.payload;
        out.mixed += frame.payload;
        break;
      case FrameType::kStderr:
        out.err += frame.payload;
        out.mixed += frame.payload;
        break;
      case FrameType::kStepEnded:
        out.steps.push_back(protocol::decode_step_ended(frame.payload));
        out.took = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - start);
        break;
      case FrameType::kArtifact: {
        std::string_view rest = frame.payload;
        protocol::detail::get<std::uint64_t>(rest);
        const auto mode = protocol::detail::get<std::uint32_t>(rest);
        if ((mode & protocol::kNotSent) != 0)
          out.not_sent[std::string(rest)] =
              static_cast<protocol::NotSent>(mode & ~protocol::kNotSent);
        else
          out.artifacts.push_back({std::string(rest), mode, ""});
        break;
      }
      case FrameType::kArtifactData:
        out.artifacts.back().bytes += frame.payload;
        break;
      case FrameType::kClean:
        out.clean = true;
        return out;
      case FrameType::kTainted:
      case FrameType::kRefused:
        out.tainted = frame.payload;
        return out;
      default:
        break;
    }
  }
  out.tainted = "gone";
  return out;
}

JobOutcome AgentSession::run(const TestJob& job) {
  submit(job);
  return outcome();
}

}  // namespace runyard::test
