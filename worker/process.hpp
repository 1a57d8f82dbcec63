#pragma once
// The one door to Boost.Process: child programs started from argument vectors, never from a shell.
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/unique_fd.hpp"

namespace runyard {

/// What to start: argv[0] is an absolute path; the environment is exactly `environment`
/// (NAME=value).
struct Command {
  std::vector<std::string> argv;
  std::vector<std::string> environment;
};

/// A running child and our ends of its standard streams. Closing `in` is how a child is told to
/// end; the process is reaped by its ProcessHost whether or not this object lives on.
class Child final {
 public:
  UniqueFd in;   ///< its stdin, to write
  UniqueFd out;  ///< its stdout, to read
  UniqueFd err;  ///< its stderr, to read

  int pid() const { return pid_; }
  /// True once it was reaped.
  bool exited() const { return *exited_; }
  /// Sends SIGKILL unless it was reaped already; safe against a recycled pid.
  void kill();

 private:
  friend class ProcessHost;
  int pid_ = -1;
  std::shared_ptr<std::atomic<bool>> exited_;
  std::shared_future<int> exit_code_;
  class ProcessHost* host_ = nullptr;
};

/// What a short command gave.
struct Captured {
  bool ok = false;  ///< it ended by itself, in time, with exit code 0
  bool timed_out = false;
  std::string out;  ///< at most 1 MiB
  std::string err;  ///< likewise
};

/// Starts and reaps children on a thread of its own (an Asio loop). Thread-safe.
class ProcessHost final {
 public:
  ProcessHost();
  /// Children that still run are killed and reaped.
  ~ProcessHost();
  ProcessHost(const ProcessHost&) = delete;
  ProcessHost& operator=(const ProcessHost&) = delete;

  /// Throws std::system_error when the program cannot be started.
  Child spawn(const Command& command);

  /// Runs a command to its end and collects what it prints; kills it at the deadline. Never throws
  /// for what the command does.
  Captured run(const Command& command, std::chrono::milliseconds deadline);

  /// Calls `task` on the host's thread after `delay`.
  void after(std::chrono::milliseconds delay, std::function<void()> task);

 private:
  friend class Child;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runyard
