#pragma once
// What a worker counts. See core/metrics.hpp.
#include <array>
#include <string>
#include <unordered_map>

#include "core/execution.hpp"
#include "core/language.hpp"
#include "core/metrics.hpp"

namespace runyard {

/// Of the queue's side.
struct WorkerMetrics {
  metrics::Counter& claims;           ///< ordinary ones
  metrics::Counter& live_claims;      ///< live runs
  metrics::Counter& repeated_claims;  ///< of both, at a second or later attempt
  metrics::Histogram& queue_wait;
  metrics::Histogram& slot_time;
  metrics::Counter& requeued;     ///< after a failure of ours
  metrics::Counter& handed_back;  ///< claimed and not begun
  metrics::Counter& lost_leases;
  metrics::Counter& late_results;
  metrics::Counter& refused_results;
  metrics::Counter& ended_lost;  ///< executions of dead workers
  metrics::Counter& heartbeats;
  metrics::Counter& heartbeats_failed;
  metrics::Counter& turns_ended;  ///< slots given to others between two tests
};
WorkerMetrics& worker_metrics();

/// Of the sandboxes.
struct SandboxMetrics {
  metrics::Counter& started;
  metrics::Counter& start_failed;
  metrics::Histogram& start_time;
  metrics::Counter& lent_reused;
  metrics::Counter& lent_ready;   ///< a fresh one that was there
  metrics::Counter& lent_waited;  ///< one that had to be waited for
  metrics::Counter& not_lent;
  metrics::Histogram& lend_time;
  metrics::Counter& cache_hits;  ///< of the compile cache
  metrics::Counter& cache_misses;
};
SandboxMetrics& sandbox_metrics();

/// Why one is destroyed. kUnclean: it was given back and not to be used again, see NotReused.
enum class Destroyed { kUnclean, kUsedUp, kIdle, kDead, kEvicted, kImageGone };
void count_destroyed(Destroyed why);

/// Why one is not used again after a job. kTainted: it did not prove that it is clean.
enum class NotReused { kFresh, kLimit, kTainted, kFailed };
void count_not_reused(NotReused why);

/// `why` as the agent says it, which may be anything: only what is known is told apart.
void count_taint(const std::string& why);

/// All of them are there from now on, with 0: what has happened once is then seen as a change.
void begin_worker_metrics();

/// Ends of executions by language, status and reason. Thread-safe after construction.
class ExecutionMetrics final {
 public:
  explicit ExecutionMetrics(const LanguageCatalog& languages);

  /// An unknown language (of an execution that was not looked at) counts as "unknown".
  void ended(const std::string& language, const Result& result);

 private:
  static constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::kWorkerLost) + 1;
  struct Language {
    std::array<metrics::Counter*, kReasons> by_reason;
    metrics::Histogram* wall;
  };
  static Language make(const std::string& name);

  std::unordered_map<std::string, Language> languages_;
  Language unknown_;
};

}  // namespace runyard
