#pragma once
// A sandbox with its agent, spoken to synchronously: what the worker does, without the worker.
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/protocol.hpp"

namespace runyard::test {

struct SandboxOptions {
  std::string image;  ///< default: agent_test_image()
  std::string memory = "128m";
  int processes = 64;  ///< the pids limit is this and 8 for the agent
  std::string cpus = "1";
  std::vector<std::string> extra;  ///< more arguments of `docker run`
  std::vector<std::string>
      without;  ///< arguments of the usual ones to leave out, whole "--flag=value"
  /// Protections that runyard-agent-weak leaves out; empty: the real agent.
  std::string agent_without;
};

/// `docker run`'s arguments, as SECURITY.md section 2 lists them.
std::vector<std::string> sandbox_arguments(const SandboxOptions& options, const std::string& name);

/// An image with Python, a C compiler and both agents; built on first use from debian:trixie-slim.
/// Empty when no engine answers: such tests are skipped.
std::string agent_test_image();

struct TestStep {
  std::vector<std::string> argv;
  std::string kind = "run";
  std::string stdin_bytes;
  bool interactive = false;
  std::uint64_t wall_ms = 5000;
  std::uint64_t cpu_ms = 5000;
  std::uint64_t output_bytes = 65536;
  std::uint64_t file_bytes = 16u << 20;
  std::uint64_t processes = 64;
  std::vector<std::string> collect;
  std::uint64_t collect_bytes = 1u << 20;
};

struct TestJob {
  std::map<std::string, std::string> files;
  std::vector<TestStep> steps;
  bool live = false;
  bool tty = false;
};

/// `python3 main.py` with the code as main.py.
TestJob python(const std::string& code);

struct Artifact {
  std::string name;
  std::uint32_t mode = 0;
  std::string bytes;
};

struct JobOutcome {
  std::string out;  ///< stdout of all steps
  std::string err;
  std::string mixed;  ///< both as they came
  std::vector<protocol::StepEnded> steps;
  std::vector<Artifact> artifacts;
  std::map<std::string, protocol::NotSent> not_sent;
  bool clean = false;
  std::string tainted;               ///< why; or of a refusal; "gone" when the agent's output ended
  std::chrono::microseconds took{};  ///< from the last byte sent to the last STEP_ENDED
};

/// Starts `docker run` and holds its pipes; ends it in the destructor, which waits for the
/// container's end. Throws std::runtime_error when nothing comes for 30 s.
class AgentSession final {
 public:
  explicit AgentSession(const SandboxOptions& options = {});
  ~AgentSession();
  AgentSession(const AgentSession&) = delete;
  AgentSession& operator=(const AgentSession&) = delete;

  /// HELLO; empty when READY came back as it must, else what came instead.
  std::string hello(std::uint32_t first_uid = 20000);

  JobOutcome run(const TestJob& job);
  void submit(const TestJob& job);
  /// Reads up to CLEAN, TAINTED, REFUSED or the end.
  JobOutcome outcome();

  void send(protocol::FrameType type, std::string_view payload = {}, std::uint16_t step = 0);
  void send_raw(std::string_view bytes);
  struct Received {
    protocol::FrameType type{};
    std::uint16_t step = 0;
    std::string payload;
  };
  /// False at the end of the agent's output.
  bool receive(Received& frame);

  void close_input();
  const std::string& name() const { return name_; }

 private:
  bool read_more();

  std::string name_;
  pid_t pid_ = -1;
  int in_ = -1;   ///< to the agent
  int out_ = -1;  ///< from the agent
  std::uint32_t job_ = 0;
  std::string buffer_;
};

/// Runs a command and returns its standard output; throws when it fails.
std::string output_of(const std::vector<std::string>& argv);

}  // namespace runyard::test
