#include "worker/slots.hpp"

#include <chrono>
#include <cmath>

#include "core/log.hpp"

namespace runyard {
namespace {

Result cancelled_before_start() {
  Result result;
  result.status = Status::kCancelled;
  result.reason = Reason::kCancelled;
  result.message = "cancelled before it ran";
  return result;
}

// What failed is in the log: engines and databases speak of the host, which is no concern of
// whoever submitted.
Result our_failure() {
  Result result;
  result.status = Status::kFailed;
  result.reason = Reason::kSandboxFailure;
  result.message =
      "not run in " + std::to_string(kMaxAttempts) + " attempts: its sandbox failed each time";
  return result;
}

/// What was typed into it is gone, and whoever typed has seen what it said.
Result not_repeated() {
  Result result;
  result.status = Status::kFailed;
  result.reason = Reason::kSandboxFailure;
  result.message = "a live run is not repeated: its sandbox failed";
  return result;
}

}  // namespace

Result live_run_lost() {
  Result result;
  result.status = Status::kFailed;
  result.reason = Reason::kWorkerLost;
  result.message =
      "its worker was lost while it ran: a live run is not repeated, since what was typed into it "
      "is gone";
  return result;
}

Slots::Slots(int count, int live_count, QueueLoop& queue, Holdings& holdings,
             ExecutionServices& services, LiveRuns& live_runs)
    : queue_(queue),
      holdings_(holdings),
      services_(services),
      live_runs_(live_runs),
      metrics_(services.languages) {
  for (int i = 0; i < count + live_count; ++i)
    threads_.emplace_back([this, live = i >= count] { work(live); });
}

Slots::~Slots() {
  for (auto& thread : threads_) thread.join();
}

void Slots::work(bool live) {
  while (const auto claim = queue_.next(live)) {
    const auto begun = std::chrono::steady_clock::now();
    handle(*claim);
    worker_metrics().slot_time.observe(std::chrono::steady_clock::now() - begun);
  }
}

void Slots::finish(const Claim& claim, const std::string& language, Result result) {
  metrics_.ended(language, result);
  queue_.finished({claim.id, claim.attempt, std::move(result)});
}

void Slots::handle(const Claim& claim) {
  const auto stop = holdings_.find(claim.id, claim.attempt);
  // Lost before it began, or the worker stops: nobody has cancelled it.
  if (!stop || stop->abandoned()) return queue_.dropped(claim);
  log::info("execution begins", {{"execution", claim.id},
                                 {"attempt", claim.attempt},
                                 {"live", claim.live},
                                 {"waited_ms", std::llround(claim.waited_s * 1000)}});
  std::string error;
  std::string language;  // "" while it is not known
  try {
    if (stop->cancelled()) return finish(claim, "", cancelled_before_start());
    if (claim.live && claim.attempt > 1) return finish(claim, "", live_run_lost());
    const auto submission = submission_from_json(claim.request);
    language = submission.language;
    const auto followers = live_runs_.begin(claim.id, claim.attempt, claim.followed);
    LiveEnds live{&followers->feed()};
    if (submission.live)
      live.input = &followers->type_into(submission.stdin_data, submission.live->tty);
    SlotTurns turns;
    if (!claim.live) {
      turns.over = [&] { return queue_.turn_over(claim); };
      turns.give_up = [&] {
        worker_metrics().turns_ended.add();
        log::info("execution gives its slot to others",
                  {{"execution", claim.id}, {"attempt", claim.attempt}});
        queue_.give_up_slot(claim, *stop);
      };
    }
    ExecutionRun run(services_, claim.owner, submission, *stop, live, claim.id, turns);
    auto result = run.run();
    followers->flush();
    log::info("execution ended", {{"execution", claim.id},
                                  {"attempt", claim.attempt},
                                  {"language", submission.language},
                                  {"status", to_string(result.status)},
                                  {"reason", to_string(result.reason)},
                                  {"wall_ms", result.wall_ms.value_or(0)},
                                  {"sandbox", run.sandbox()},
                                  {"reused", result.sandbox_reused}});
    finish(claim, submission.language, std::move(result));
    return;  // the sandbox is proved clean after the result is on its way
  } catch (const std::exception& e) {
    error = e.what();
  }
  if (stop->abandoned()) {
    log::warn("execution abandoned", {{"execution", claim.id}, {"attempt", claim.attempt}});
    return queue_.dropped(claim);
  }
  log::error("execution failed for our own reasons",
             {{"execution", claim.id}, {"attempt", claim.attempt}, {"error", error}});
  if (claim.live)
    finish(claim, language, not_repeated());
  else if (claim.attempt >= kMaxAttempts)
    finish(claim, language, our_failure());
  else
    queue_.released(claim);
}

}  // namespace runyard
