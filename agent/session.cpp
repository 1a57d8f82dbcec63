#include "agent/session.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/files.hpp"
#include "agent/posix.hpp"
#include "agent/processes.hpp"
#include "agent/protection.hpp"
#include "agent/step_runner.hpp"

namespace runyard::agent {

using protocol::FrameType;
using protocol::Limit;
using protocol::StepEnded;

namespace {
constexpr std::uint64_t kCleanTimeout = 2'000'000'000;
}

void Session::serve() {
  greet();
  if (!reserve_.hold(cgroup_)) channel_.refuse("no memory for the agent's reserve");
  for (;;) {
    expect_job();
    while (auto job = channel_.reader().take_job()) {
      if (tainted_) channel_.refuse("a job for a tainted sandbox");
      run(*job);
      channel_.reader().finish();
      expect_job();
    }
    channel_.receive();
  }
}

void Session::expect_job() {
  // What memory.stat counts lags behind by some pages on each CPU, and the kernel needs some
  // itself.
  constexpr std::uint64_t kOwn = 2u << 20;
  const std::uint64_t free = cgroup_.free_bytes();
  channel_.reader().hold_at_most(free == UINT64_MAX ? free : free - std::min(free, kOwn));
}

void Session::greet() {
  for (;;) {
    if (const auto hello = channel_.reader().take_hello()) {
      first_uid_ = hello->first_uid;
      std::string ready = hello->nonce;
      protocol::detail::put(ready, protocol::kVersion);
      channel_.out().add(FrameType::kReady, 0, 0, ready);
      channel_.flush();
      return;
    }
    channel_.receive();
  }
}

uid_t Session::next_run_uid() {
  // The first uid owns the submitted files and what the compiler makes of them.
  return first_uid_ + 1 + run_steps_++ % (JobReader::kUids - 1);
}

void Session::run(const Job& job) {
  tree_.begin();
  std::string tainted = prepare(job);
  if (tainted.empty()) tainted = run_steps(job);
  clean(job, std::move(tainted));
}

std::string Session::prepare(const Job& job) {
  const std::uint64_t files = job.files_size();
  if (job.too_large) {
    skip_step(job, 0, Limit::kMemory, ENOMEM, job.needed_bytes());
    return "too large for the sandbox's memory";
  }
  const WriteError wrong = write_files(job, first_uid_);
  if (wrong.error == 0) return {};
  const Limit limit = wrong.error == ENOSPC   ? Limit::kDisk
                      : wrong.error == ENOMEM ? Limit::kMemory
                                              : Limit::kSpawn;
  skip_step(job, 0, limit, wrong.error, files);
  const std::string name = wrong.file < job.files.size() ? job.files[wrong.file].name : "";
  return "writing " + name.substr(0, 100) + ": " + std::strerror(wrong.error);
}

void Session::skip_step(const Job& job, std::uint16_t index, Limit limit, int error,
                        std::uint64_t needed_bytes) {
  StepEnded ended;
  ended.limit = limit;
  ended.error_number = error;
  ended.peak_bytes = needed_bytes;
  channel_.out().add(FrameType::kStepEnded, job.id, index, protocol::encode(ended));
  channel_.flush();
}

std::string Session::run_steps(const Job& job) {
  std::string tainted;
  bool recorded = false;
  for (std::size_t i = 0; i < job.steps.size(); ++i) {
    const auto index = static_cast<std::uint16_t>(i);
    const Step& step = job.steps[i];
    if (channel_.reader().live().cancel) {
      skip_step(job, index, Limit::kCancelled, 0);
      return "cancelled";
    }
    if (!step.compile && !std::exchange(recorded, true)) tree_.record(job, first_uid_);
    if (job.live) {
      channel_.out().add(FrameType::kStepStarted, job.id, index, {});
      channel_.flush();
    }
    job.blob.let_go();
    const uid_t uid = step.compile ? first_uid_ : next_run_uid();
    StepResult result = run_step(job, index, uid, baseline_.folders(), cgroup_, reserve_, channel_);
    if (!channel_.out().has_room()) channel_.flush();
    channel_.out().add(FrameType::kStepEnded, job.id, index, protocol::encode(result.ended));
    channel_.flush();
    if (result.alive) return std::move(result.tainted);
    if (tainted.empty()) tainted = std::move(result.tainted);
    if (result.ended.limit == Limit::kCancelled) return tainted;
    const bool good = result.ended.limit == Limit::kNone && result.ended.exit_code == 0;
    if (good && !step.collect.empty()) {
      if (!send_artifacts(job, index, uid, channel_) && tainted.empty())
        tainted = "artifacts could not be read";
      channel_.flush();
    }
    const bool last = i + 1 == job.steps.size();
    if (step.compile && !good) return tainted;
    // A sandbox that is thrown away need not be clean.
    if (last && !tainted.empty()) return tainted;
    if (!step.compile) {
      auto left = clean_after_run(job, uid);
      if (!left.empty()) return left;
    }
    if (!last && !reserve_.hold(cgroup_)) return "memory is not free again";
  }
  return tainted;
}

std::string Session::clean_after_run(const Job& job, uid_t uid) {
  if (!enabled(Protection::kSeal)) {
    if (enabled(Protection::kClean)) empty_folders(baseline_.folders(), uid, kCleanTimeout);
    return {};
  }
  const auto touched = tree_.touched();
  if (!touched.empty() && enabled(Protection::kClean))
    // One uid for all in a local sandbox: what was submitted goes as well, and is written again.
    empty_folders(kLocal ? baseline_.folders() : touched, uid, kCleanTimeout);
  if (kLocal && !touched.empty() && !job.compiles()) {
    if (write_files(job, first_uid_).error != 0) return "the files cannot be written again";
    tree_.record(job, first_uid_);
  }
  if (!enabled(Protection::kProof)) return {};
  // Sockets first: a file that lives on in a message is free when that is.
  auto left = baseline_.run_difference();
  if (left.empty() && (kLocal || !touched.empty())) left = tree_.set_back(touched);
  return left;
}

void Session::clean(const Job& job, std::string tainted) {
  const std::uint64_t start = now_ns();
  if (tainted.empty() && enabled(Protection::kClean) &&
      free_of(baseline_.folders()) != baseline_.free())
    empty_folders(baseline_.folders(), first_uid_, kCleanTimeout);
  if (tainted.empty() && enabled(Protection::kProof)) tainted = baseline_.difference();
  if (tainted.empty() && !reserve_.hold(cgroup_)) tainted = "memory is not free again";
  if (tainted.empty()) {
    std::string micros;
    protocol::detail::put(micros, static_cast<std::uint32_t>((now_ns() - start) / 1000));
    channel_.out().add(FrameType::kClean, job.id, 0, micros);
  } else {
    tainted_ = true;
    channel_.out().add(FrameType::kTainted, job.id, 0, tainted);
  }
  channel_.flush();
}

}  // namespace runyard::agent
