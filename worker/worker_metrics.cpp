#include "worker/worker_metrics.hpp"

namespace runyard {
namespace {

using metrics::registry;

metrics::Counter& results(const char* outcome) {
  return registry().counter("runyard_worker_results_not_recorded_total",
                            "Results of which nothing became: late (the lease was another's) or "
                            "refused (the database takes none like it).",
                            {{"outcome", outcome}});
}

metrics::Counter& starts(const char* outcome) {
  return registry().counter("runyard_sandbox_starts_total", "Sandboxes that were started, or not.",
                            {{"outcome", outcome}});
}

metrics::Counter& loans(const char* kind) {
  return registry().counter("runyard_sandbox_loans_total",
                            "How a job got its sandbox: used before by its owner, fresh and ready, "
                            "waited for, or none in time.",
                            {{"kind", kind}});
}

metrics::Counter& cache(const char* outcome) {
  return registry().counter("runyard_worker_compile_cache_total",
                            "Compilations that were found in the cache, or not.",
                            {{"outcome", outcome}});
}

template <std::size_t size>
using Counters = std::array<metrics::Counter*, size>;

/// One counter a value of an enum, in its order.
template <std::size_t size>
Counters<size> by_reason(const char* name, const char* help, const char* const (&reasons)[size]) {
  Counters<size> counters{};
  for (std::size_t i = 0; i < size; ++i)
    counters[i] = &registry().counter(name, help, {{"reason", reasons[i]}});
  return counters;
}

/// What is never a program's fault is to be seen when it happens for the first time, which a
/// series that begins with 1 does not show as an increase.
metrics::Show show_of(Reason reason) {
  return reason == Reason::kSandboxFailure || reason == Reason::kWorkerLost
             ? metrics::Show::kAlways
             : metrics::Show::kOnceUsed;
}

/// The status that a reason belongs to.
Status status_of(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return Status::kCompleted;
    case Reason::kWallTime:
    case Reason::kCpuTime:
    case Reason::kCompileTime:
      return Status::kTimeout;
    case Reason::kCancelled:
      return Status::kCancelled;
    default:
      return Status::kFailed;
  }
}

}  // namespace

WorkerMetrics& worker_metrics() {
  const char* claims = "Executions that were claimed, also those claimed again.";
  static WorkerMetrics one{
      registry().counter("runyard_worker_claims_total", claims, {{"class", "ordinary"}}),
      registry().counter("runyard_worker_claims_total", claims, {{"class", "live"}}),
      registry().counter("runyard_worker_claims_repeated_total",
                         "Of all claims, those at a second or later attempt: the worker before was "
                         "lost, or failed."),
      registry().histogram("runyard_worker_queue_wait_seconds",
                           "From the submission to a claim, at any attempt."),
      registry().histogram("runyard_worker_slot_seconds", "How long an execution held its slot."),
      registry().counter("runyard_worker_requeued_total",
                         "Executions given back after a failure of the service's own."),
      registry().counter("runyard_worker_handed_back_total",
                         "Executions given back before they were begun."),
      registry().counter("runyard_worker_lost_leases_total",
                         "Executions that were taken from this worker while it ran them."),
      results("late"),
      results("refused"),
      registry().counter("runyard_worker_ended_lost_total",
                         "Executions that this worker ended since their workers were lost."),
      registry().counter("runyard_worker_heartbeats_total", "Signs of life that were written."),
      registry().counter("runyard_worker_heartbeats_failed_total",
                         "Signs of life that could not be written."),
      registry().counter("runyard_worker_turns_ended_total",
                         "Slots that a long execution gave to another owner's between two tests.")};
  return one;
}

SandboxMetrics& sandbox_metrics() {
  static SandboxMetrics one{
      starts("started"),
      starts("failed"),
      registry().histogram("runyard_sandbox_start_seconds", "Starts that went well."),
      loans("reused"),
      loans("ready"),
      loans("waited"),
      loans("none"),
      registry().histogram("runyard_sandbox_loan_seconds", "How long a job waited for a sandbox."),
      cache("hit"),
      cache("miss")};
  return one;
}

namespace {

const auto& destroyed() {
  static const auto counters =
      by_reason("runyard_sandbox_destroyed_total", "Sandboxes that were destroyed.",
                {"unclean", "used_up", "idle", "dead", "evicted", "image_gone"});
  return counters;
}

const auto& not_reused() {
  static const auto counters =
      by_reason("runyard_sandbox_not_reused_total", "Jobs after which the sandbox was not kept.",
                {"fresh", "limit", "tainted", "failed"});
  return counters;
}

// As agent/step_runner.cpp, agent/session.cpp and worker/sandbox.cpp have them; what is left over
// of a job is told with its figures.
constexpr const char* kTaints[] = {"a program could not be started",
                                   "a limit was hit",
                                   "a forbidden system call",
                                   "killing took too long",
                                   "a process cannot be killed",
                                   "artifacts could not be read",
                                   "no proof",
                                   "something is left of the job"};

const auto& taints() {
  static const auto counters = by_reason(
      "runyard_sandbox_taints_total", "Why sandboxes did not prove that they are clean.", kTaints);
  return counters;
}

}  // namespace

void count_destroyed(Destroyed why) { destroyed().at(static_cast<std::size_t>(why))->add(); }

void count_not_reused(NotReused why) { not_reused().at(static_cast<std::size_t>(why))->add(); }

void count_taint(const std::string& why) {
  std::size_t i = 0;
  while (i + 1 < taints().size() && why != kTaints[i]) ++i;
  taints().at(i)->add();
}

void begin_worker_metrics() {
  worker_metrics();
  sandbox_metrics();
  destroyed();
  not_reused();
  taints();
}

ExecutionMetrics::ExecutionMetrics(const LanguageCatalog& languages) : unknown_(make("unknown")) {
  for (const auto& language : languages.all()) languages_.emplace(language.id, make(language.id));
}

ExecutionMetrics::Language ExecutionMetrics::make(const std::string& name) {
  Language language{};
  for (std::size_t i = 0; i < kReasons; ++i) {
    const auto reason = static_cast<Reason>(i);
    language.by_reason[i] =
        &registry().counter("runyard_worker_executions_total", "Executions that this worker ended.",
                            {{"language", name},
                             {"status", std::string(to_string(status_of(reason)))},
                             {"reason", std::string(to_string(reason))}},
                            show_of(reason));
  }
  language.wall = &registry().histogram(
      "runyard_worker_run_seconds", "Wall time of the program, or of the longest test.",
      metrics::seconds_bounds(), {{"language", name}}, metrics::Show::kOnceUsed);
  return language;
}

void ExecutionMetrics::ended(const std::string& language, const Result& result) {
  const auto found = languages_.find(language);
  const auto& of = found == languages_.end() ? unknown_ : found->second;
  of.by_reason.at(static_cast<std::size_t>(result.reason))->add();
  if (result.wall_ms) of.wall->observe(static_cast<double>(*result.wall_ms) / 1000);
}

}  // namespace runyard
