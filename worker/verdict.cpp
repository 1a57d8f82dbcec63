#include "worker/verdict.hpp"

#include <signal.h>
#include <string.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "worker/docker_command.hpp"

namespace runyard {
namespace {

using protocol::Limit;

std::string text(std::int64_t number) { return std::to_string(number); }
std::int64_t to_ms(std::uint64_t us) { return static_cast<std::int64_t>(us / 1000); }

bool out_of_memory(const StepOutcome& outcome, const OutOfMemorySign& sign) {
  const auto has = [](const std::vector<int>& list, int value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  const auto& ended = outcome.ended;
  const bool ended_so =
      ended.signal != 0 ? has(sign.signals, ended.signal) : has(sign.exit_codes, ended.exit_code);
  return ended_so && outcome.errors.find(sign.stderr_text) != std::string::npos;
}

/// A program that gave up because a file grew too large and said so: the kernel ends with SIGXFSZ
/// only those that did not ask to hear of it as an error, and tells nobody of the others. All run
/// times print strerror(EFBIG), be it with a small f.
bool file_too_large(const StepOutcome& outcome) {
  if (outcome.ended.exit_code <= 0 && outcome.ended.signal != SIGABRT) return false;
  return outcome.errors.find("ile too large") != std::string::npos;
}

Verdict disk_limit(const Limits& limits) {
  return {Status::kFailed, Reason::kDiskLimit,
          "disk limit exceeded: a file of " + text(limits.file_bytes) +
              " bytes, or all files together " + text(box_bytes(limits.memory_kb)) +
              " bytes, is the most"};
}

/// The step did not begin: the job's files and stdin are more than its sandbox holds.
bool did_not_fit(const protocol::StepEnded& ended) {
  return ended.error_number != 0 && (ended.limit == Limit::kMemory || ended.limit == Limit::kDisk);
}

std::string bytes_needed(const protocol::StepEnded& ended) {
  return text(static_cast<std::int64_t>(ended.peak_bytes)) + " bytes";
}

/// Arguments that are too many, and files that are in each other's way: nothing that another
/// sandbox would mend.
bool is_submitters(int error) {
  return error == E2BIG || error == EEXIST || error == ENOTDIR || error == EISDIR ||
         error == ENAMETOOLONG || error == ELOOP;
}

/// How a step ended that hit no limit.
Verdict judge_end(const protocol::StepEnded& ended) {
  if (ended.signal == SIGSYS)
    return {Status::kFailed, Reason::kForbiddenSyscall,
            "made a system call that no program may make here (SIGSYS)"};
  if (ended.signal != 0)
    return {Status::kFailed, Reason::kRuntimeError, "ended by " + signal_name(ended.signal)};
  if (ended.exit_code != 0)
    return {Status::kFailed, Reason::kRuntimeError, "exit code " + text(ended.exit_code)};
  return {};
}

std::string cannot_start(const protocol::StepEnded& ended) {
  return std::string("could not be started: ") +
         std::generic_category().message(ended.error_number);
}

}  // namespace

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + text(signal);
}

Verdict judge_run(const StepOutcome& outcome, const Limits& limits, const OutOfMemorySign* sign) {
  const auto& ended = outcome.ended;
  const std::string peak = text(static_cast<std::int64_t>(ended.peak_bytes / 1024)) + " KiB";
  switch (ended.limit) {
    case Limit::kWall:
      return {Status::kTimeout, Reason::kWallTime,
              "wall time limit of " + text(limits.wall_ms) + " ms exceeded: stopped after " +
                  text(to_ms(ended.wall_us)) + " ms"};
    case Limit::kCpu:
      return {Status::kTimeout, Reason::kCpuTime,
              "CPU time limit of " + text(limits.cpu_ms) + " ms exceeded: used " +
                  text(to_ms(ended.cpu_us)) + " ms"};
    case Limit::kMemory:
      if (did_not_fit(ended))
        return {Status::kFailed, Reason::kMemoryLimit,
                "memory limit of " + text(limits.memory_kb) +
                    " KiB exceeded: the program's files and its input take " + bytes_needed(ended)};
      return {Status::kFailed, Reason::kMemoryLimit,
              "memory limit of " + text(limits.memory_kb) + " KiB exceeded: " + peak + " in use"};
    case Limit::kStdout:
    case Limit::kStderr:
      return {Status::kFailed, Reason::kOutputLimit,
              "output limit of " + text(limits.output_bytes) + " bytes exceeded on " +
                  (ended.limit == Limit::kStdout ? "stdout" : "stderr") + ": more than " +
                  text(limits.output_bytes) + " bytes written"};
    case Limit::kProcesses:
      return {Status::kFailed, Reason::kProcessLimit,
              "process limit of " + text(limits.processes) + " exceeded: one more was refused"};
    case Limit::kDisk: {
      auto verdict = disk_limit(limits);
      if (did_not_fit(ended))
        verdict.message += "; the program's own files have " + bytes_needed(ended);
      return verdict;
    }
    case Limit::kCancelled:
      return {Status::kCancelled, Reason::kCancelled, "cancelled while it ran"};
    case Limit::kSpawn:
      return {Status::kFailed, Reason::kRuntimeError, cannot_start(ended)};
    case Limit::kNone:
      break;
  }
  if (sign && out_of_memory(outcome, *sign))
    return {Status::kFailed, Reason::kMemoryLimit,
            "memory limit of " + text(limits.memory_kb) +
                " KiB exceeded: the language's heap is full, " + peak + " in use"};
  if (file_too_large(outcome)) return disk_limit(limits);
  return judge_end(ended);
}

Verdict judge_compile(const StepOutcome& outcome, std::int64_t wall_ms, std::int64_t memory_kb,
                      std::int64_t output_bytes) {
  const auto& ended = outcome.ended;
  switch (ended.limit) {
    case Limit::kWall:
    case Limit::kCpu:
      return {Status::kTimeout, Reason::kCompileTime,
              "compile time limit of " + text(wall_ms) + " ms exceeded: stopped after " +
                  text(to_ms(ended.wall_us)) + " ms"};
    case Limit::kMemory:
      if (did_not_fit(ended))
        return {Status::kFailed, Reason::kMemoryLimit,
                "memory limit of " + text(memory_kb) +
                    " KiB for compiling exceeded: the files take " + bytes_needed(ended)};
      return {Status::kFailed, Reason::kMemoryLimit,
              "memory limit of " + text(memory_kb) + " KiB exceeded while compiling: " +
                  text(static_cast<std::int64_t>(ended.peak_bytes / 1024)) + " KiB in use"};
    case Limit::kStdout:
    case Limit::kStderr:
      return {Status::kFailed, Reason::kCompileError,
              "the compiler wrote more than " + text(output_bytes) + " bytes of messages"};
    case Limit::kProcesses:
      return {Status::kFailed, Reason::kProcessLimit, "process limit exceeded while compiling"};
    case Limit::kDisk:
      return {Status::kFailed, Reason::kDiskLimit,
              "disk limit exceeded while compiling: all files together may have " +
                  text(box_bytes(memory_kb)) + " bytes"};
    case Limit::kCancelled:
      return {Status::kCancelled, Reason::kCancelled, "cancelled while it was compiled"};
    case Limit::kSpawn:
      if (is_submitters(ended.error_number))
        return {Status::kFailed, Reason::kCompileError, "the compiler " + cannot_start(ended)};
      return {Status::kFailed, Reason::kSandboxFailure, "the compiler " + cannot_start(ended)};
    case Limit::kNone:
      break;
  }
  const auto end = judge_end(ended);
  if (end.status == Status::kCompleted || end.reason == Reason::kForbiddenSyscall) return end;
  return {Status::kFailed, Reason::kCompileError, "compiler: " + end.message};
}

}  // namespace runyard
