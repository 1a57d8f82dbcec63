#include "worker/verdict.hpp"

#include <errno.h>
#include <signal.h>

#include "tests/support/catch.hpp"

using namespace runyard;
using protocol::Limit;

namespace {

StepOutcome ended(Limit limit, int exit_code = -1, int signal = 0) {
  StepOutcome outcome;
  outcome.ended.limit = limit;
  outcome.ended.exit_code = exit_code;
  outcome.ended.signal = signal;
  outcome.ended.wall_us = 2'345'678;
  outcome.ended.cpu_us = 1'234'567;
  outcome.ended.peak_bytes = 50u << 20;
  return outcome;
}

Limits limits() {
  Limits l;
  l.wall_ms = 2000;
  l.cpu_ms = 1000;
  l.memory_kb = 65536;
  l.processes = 7;
  l.output_bytes = 4096;
  l.file_bytes = 999;
  return l;
}

Verdict run(const StepOutcome& outcome, const OutOfMemorySign* sign = nullptr) {
  return judge_run(outcome, limits(), sign);
}

Verdict compiled(const StepOutcome& outcome) {
  return judge_compile(outcome, 10'000, 524'288, 65'536);
}

void check(const Verdict& verdict, Status status, Reason reason,
           const std::vector<std::string>& parts) {
  CHECK(verdict.status == status);
  CHECK(verdict.reason == reason);
  for (const auto& part : parts) CHECK_THAT(verdict.message, test::contains(part));
}

}  // namespace

TEST_CASE("a program that ends well is completed, without a message") {
  check(run(ended(Limit::kNone, 0)), Status::kCompleted, Reason::kNone, {});
  CHECK(run(ended(Limit::kNone, 0)).message.empty());
}

TEST_CASE("each limit has its verdict, which names limit, value and what was measured") {
  check(run(ended(Limit::kWall)), Status::kTimeout, Reason::kWallTime, {"2000 ms", "2345 ms"});
  check(run(ended(Limit::kCpu)), Status::kTimeout, Reason::kCpuTime, {"1000 ms", "1234 ms"});
  check(run(ended(Limit::kMemory, -1, SIGKILL)), Status::kFailed, Reason::kMemoryLimit,
        {"65536 KiB", "51200 KiB"});
  check(run(ended(Limit::kStdout)), Status::kFailed, Reason::kOutputLimit,
        {"4096 bytes", "stdout"});
  check(run(ended(Limit::kStderr)), Status::kFailed, Reason::kOutputLimit,
        {"4096 bytes", "stderr"});
  check(run(ended(Limit::kProcesses, 1)), Status::kFailed, Reason::kProcessLimit, {"of 7"});
  check(run(ended(Limit::kDisk, -1, SIGXFSZ)), Status::kFailed, Reason::kDiskLimit, {"999 bytes"});
  check(run(ended(Limit::kCancelled)), Status::kCancelled, Reason::kCancelled, {"cancelled"});
}

TEST_CASE("a limit counts whatever the exit code says") {
  check(run(ended(Limit::kCpu, 0)), Status::kTimeout, Reason::kCpuTime, {});
  check(run(ended(Limit::kNone, -1, SIGKILL)), Status::kFailed, Reason::kRuntimeError, {"SIGKILL"});
}

TEST_CASE("the program's own end is a runtime error that says how") {
  check(run(ended(Limit::kNone, 1)), Status::kFailed, Reason::kRuntimeError, {"exit code 1"});
  check(run(ended(Limit::kNone, 255)), Status::kFailed, Reason::kRuntimeError, {"exit code 255"});
  check(run(ended(Limit::kNone, 137)), Status::kFailed, Reason::kRuntimeError, {"exit code 137"});
  check(run(ended(Limit::kNone, -1, SIGSEGV)), Status::kFailed, Reason::kRuntimeError, {"SIGSEGV"});
  check(run(ended(Limit::kNone, -1, SIGSYS)), Status::kFailed, Reason::kForbiddenSyscall,
        {"SIGSYS"});
  auto missing = ended(Limit::kSpawn);
  missing.ended.error_number = ENOENT;
  check(run(missing), Status::kFailed, Reason::kRuntimeError,
        {"could not be started", "No such file"});
}

TEST_CASE("a full heap of the runtime is the memory limit, when all its signs are there") {
  const OutOfMemorySign sign{{3}, {SIGABRT}, "OutOfMemoryError"};
  auto outcome = ended(Limit::kNone, 3);
  check(run(outcome, &sign), Status::kFailed, Reason::kRuntimeError, {});
  outcome.errors = "Exception java.lang.OutOfMemoryError: heap\n";
  check(run(outcome, &sign), Status::kFailed, Reason::kMemoryLimit, {"65536 KiB", "heap"});
  check(run(outcome), Status::kFailed, Reason::kRuntimeError, {});
  outcome.ended.exit_code = 0;  // printed, and went on
  check(run(outcome, &sign), Status::kCompleted, Reason::kNone, {});
  outcome.ended.exit_code = -1;
  outcome.ended.signal = SIGABRT;
  check(run(outcome, &sign), Status::kFailed, Reason::kMemoryLimit, {});
}

TEST_CASE("compile steps have verdicts of their own") {
  check(compiled(ended(Limit::kNone, 0)), Status::kCompleted, Reason::kNone, {});
  check(compiled(ended(Limit::kNone, 1)), Status::kFailed, Reason::kCompileError, {"exit code 1"});
  check(compiled(ended(Limit::kNone, -1, SIGSEGV)), Status::kFailed, Reason::kCompileError,
        {"SIGSEGV"});
  check(compiled(ended(Limit::kNone, -1, SIGSYS)), Status::kFailed, Reason::kForbiddenSyscall, {});
  check(compiled(ended(Limit::kWall)), Status::kTimeout, Reason::kCompileTime,
        {"10000 ms", "2345 ms"});
  check(compiled(ended(Limit::kCpu)), Status::kTimeout, Reason::kCompileTime, {"10000 ms"});
  check(compiled(ended(Limit::kMemory)), Status::kFailed, Reason::kMemoryLimit,
        {"524288 KiB", "51200 KiB", "compiling"});
  check(compiled(ended(Limit::kStdout)), Status::kFailed, Reason::kCompileError, {"65536 bytes"});
  check(compiled(ended(Limit::kStderr)), Status::kFailed, Reason::kCompileError, {"65536 bytes"});
  check(compiled(ended(Limit::kProcesses)), Status::kFailed, Reason::kProcessLimit, {"compiling"});
  check(compiled(ended(Limit::kDisk)), Status::kFailed, Reason::kDiskLimit, {"compiling"});
  check(compiled(ended(Limit::kCancelled)), Status::kCancelled, Reason::kCancelled, {});
  check(compiled(ended(Limit::kSpawn)), Status::kFailed, Reason::kSandboxFailure, {"compiler"});
}

TEST_CASE("a job that did not fit is told with its size, and is never the sandbox's failure") {
  const auto unfit = [](Limit limit, int error) {
    auto outcome = ended(limit);
    outcome.ended.error_number = error;
    outcome.ended.peak_bytes = 12'345'678;
    return outcome;
  };
  check(run(unfit(Limit::kMemory, ENOMEM)), Status::kFailed, Reason::kMemoryLimit,
        {"12345678 bytes"});
  check(run(unfit(Limit::kDisk, ENOSPC)), Status::kFailed, Reason::kDiskLimit, {"12345678 bytes"});
  check(compiled(unfit(Limit::kMemory, ENOMEM)), Status::kFailed, Reason::kMemoryLimit,
        {"524288 KiB", "12345678 bytes"});
  for (const int error : {E2BIG, EEXIST, ENOTDIR, ENAMETOOLONG})
    check(compiled(unfit(Limit::kSpawn, error)), Status::kFailed, Reason::kCompileError, {});
  check(compiled(unfit(Limit::kSpawn, ENOENT)), Status::kFailed, Reason::kSandboxFailure, {});
}

TEST_CASE("signals have their names") {
  CHECK(signal_name(SIGKILL) == "SIGKILL");
  CHECK(signal_name(SIGXCPU) == "SIGXCPU");
  CHECK(signal_name(77) == "signal 77");
  CHECK(signal_name(-1) == "signal -1");
}

TEST_CASE("a program that heard of the file limit as an error and gave up has hit it") {
  auto outcome = ended(Limit::kNone, 1);
  outcome.errors = "Traceback...\nOSError: [Errno 27] File too large\n";
  check(run(outcome), Status::kFailed, Reason::kDiskLimit, {"999 bytes"});
  outcome.errors = "write main.bin: file too large\n";
  check(run(outcome), Status::kFailed, Reason::kDiskLimit, {"999 bytes"});
  outcome.ended.exit_code = 0;  // it coped
  CHECK(run(outcome).status == Status::kCompleted);
  outcome = ended(Limit::kNone, 1);
  outcome.errors = "another mistake";
  CHECK(run(outcome).reason == Reason::kRuntimeError);
}
