#pragma once
// One running container and the conversation with its agent.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "agent/protocol.hpp"
#include "worker/job.hpp"
#include "worker/job_input.hpp"
#include "worker/process.hpp"
#include "worker/sandbox_commands.hpp"

namespace runyard {

/// The sandbox failed us: it did not start, broke the protocol, or vanished. Never the program's
/// fault.
class SandboxError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Told from outside to stop what runs. Thread-safe.
class StopSignal final {
 public:
  StopSignal();
  /// Asks the agent to end the step: the job then ends as cancelled.
  void cancel();
  /// Drops the job: nobody wants its result any more (its lease is lost, the worker stops).
  void abandon();
  bool cancelled() const { return state_ >= 1; }
  bool abandoned() const { return state_ == 2; }
  int fd() const { return event_.get(); }  ///< readable when told, until acknowledged
  void acknowledge();

 private:
  void raise(int state);

  std::atomic<int> state_{0};
  UniqueFd event_;
};

/// Used by one thread at a time. Destroying it destroys the container: its agent sees the end of
/// its input, kills everything and exits; whatever is still there a second later is removed by
/// force.
class Sandbox final {
 public:
  /// Starts the container and waits until its agent is ready. Throws SandboxError.
  Sandbox(ProcessHost& processes, const SandboxCommands& commands, SandboxClass sandbox_class,
          std::uint32_t uid_base, std::chrono::milliseconds deadline);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// Called after each step with its index, before its artifacts come. It may cut what the step
  /// wrote; false cancels the rest.
  using OnStep = std::function<bool(std::size_t, StepOutcome&)>;

  /// Called with what a step writes as it comes.
  using OnOutput = std::function<void(bool is_errors, std::string_view bytes)>;

  /// What happens while a job runs. All may be empty.
  struct Hooks {
    OnStep on_step;
    OnOutput on_output;
    JobInput* input = nullptr;  ///< of its interactive step
  };

  /// Runs a job until its steps are over; finish() must follow. Fewer outcomes than steps, the last
  /// one not cancelled: the others have to be run in another sandbox. Throws SandboxError.
  std::vector<StepOutcome> run(const Job& job, StopSignal& stop, const Hooks& hooks);

  /// Waits for the agent's proof that nothing is left of the last job. False: destroy this sandbox.
  bool finish();

  /// An idle sandbox whose client has ended or has said something is of no use.
  bool alive() const;

  const SandboxClass& sandbox_class() const { return class_; }
  const std::string& name() const { return name_; }
  int jobs() const { return static_cast<int>(job_number_); }
  std::chrono::steady_clock::time_point started() const { return started_; }

 private:
  void await_ready(std::chrono::steady_clock::time_point deadline, std::uint32_t uid_base);
  void exchange(std::string_view to_write, StopSignal* stop, JobInput* input,
                const std::chrono::steady_clock::time_point& deadline,
                const std::function<void(const protocol::Frame&)>& on_frame,
                const std::function<bool()>& done);
  void put_input(JobInput& input, std::string& frames);
  void read_errors();
  [[noreturn]] void fail(const std::string& why);

  ProcessHost& processes_;
  const SandboxCommands commands_;
  const SandboxClass class_;
  const std::string name_;
  const std::chrono::steady_clock::time_point started_;
  Child client_;
  protocol::FrameParser parser_;
  std::uint32_t job_number_ = 0;
  std::unique_ptr<JobAnswer> answer_;
  bool cancel_wanted_ = false;  // by the running job's on_step
  std::string unsent_;          // of the running job: it must go before anything else
  std::string errors_;          // the end of what the docker client said
};

}  // namespace runyard
