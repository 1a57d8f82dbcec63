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
  for (;;) {
    while (auto job = channel_.reader().take_job()) {
      if (tainted_) channel_.refuse("a job for a tainted sandbox");
      run(*job);
      channel_.reader().finish();
    }
    channel_.receive();
  }
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
  leavers_.clear();
  std::string tainted;
  const WriteError wrong = write_files(job, first_uid_);
  if (wrong.error != 0) {
    skip_step(job, 0, wrong.error == ENOSPC ? Limit::kDisk : Limit::kSpawn, wrong.error);
    const std::string name = wrong.file < job.files.size() ? job.files[wrong.file].name : "";
    tainted = "writing " + name.substr(0, 100) + ": " + std::strerror(wrong.error);
  } else {
    tainted = run_steps(job);
  }
  clean(job, std::move(tainted));
}

void Session::skip_step(const Job& job, std::uint16_t index, Limit limit, int error) {
  StepEnded ended;
  ended.limit = limit;
  ended.error_number = error;
  channel_.out().add(FrameType::kStepEnded, job.id, index, protocol::encode(ended));
  channel_.flush();
}

std::string Session::run_steps(const Job& job) {
  std::string tainted;
  for (std::size_t i = 0; i < job.steps.size(); ++i) {
    const auto index = static_cast<std::uint16_t>(i);
    const Step& step = job.steps[i];
    if (channel_.reader().live().cancel) {
      skip_step(job, index, Limit::kCancelled, 0);
      return "cancelled";
    }
    if (job.live) {
      channel_.out().add(FrameType::kStepStarted, job.id, index, {});
      channel_.flush();
    }
    job.blob.let_go();
    const uid_t uid = step.compile ? first_uid_ : next_run_uid();
    const auto before = free_of(baseline_.folders());
    StepResult result = run_step(job, index, uid, baseline_.folders(), cgroup_, channel_);
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
    if (step.compile) {
      if (!good) return tainted;
    } else {
      clean_after_step(uid, before);
    }
  }
  return tainted;
}

void Session::clean_after_step(uid_t uid, const std::vector<Free>& before) {
  if (!enabled(Protection::kClean) || free_of(baseline_.folders()) == before) return;
  empty_folders(baseline_.folders(), uid, kCleanTimeout);
  if (free_of(baseline_.folders()) != before) leavers_.push_back(uid);
}

void Session::clean(const Job& job, std::string tainted) {
  const std::uint64_t start = now_ns();
  if (tainted.empty() && enabled(Protection::kClean)) {
    // Folders of one uid may hold those of another, so whoever could not delete all has a second
    // go.
    for (int round = 0; round < 2 && free_of(baseline_.folders()) != baseline_.free(); ++round) {
      for (const uid_t uid : leavers_) empty_folders(baseline_.folders(), uid, kCleanTimeout);
      empty_folders(baseline_.folders(), first_uid_, kCleanTimeout);
      if (now_ns() - start > kCleanTimeout) break;
    }
  }
  if (tainted.empty() && enabled(Protection::kProof)) tainted = baseline_.difference();
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
