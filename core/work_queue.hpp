#pragma once
// The queue as a worker sees it. sql/README.md draws the states and says who makes each move.
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/claim_bounds.hpp"
#include "core/database.hpp"
#include "core/execution.hpp"

namespace runyard {

constexpr int kMaxAttempts = 3;

/// For set_session_defaults() in a worker: with these off a claim keeps its plan, one scan of the
/// index, however the queue looked when it was prepared (measured: 107 ms against 0.27 ms with
/// 200,000 rows queued).
inline const std::vector<std::string> kWorkQueuePlans = {
    "enable_seqscan=off", "enable_bitmapscan=off", "enable_sort=off"};

/// An execution that this worker now holds the lease of.
struct Claim {
  std::string id;
  int attempt = 0;
  std::string owner;
  std::string request;    ///< see submission_from_json
  bool live = false;      ///< somebody talks to it: it takes one of the live slots
  bool followed = false;  ///< its output is to be published as it comes
  double waited_s = 0;    ///< since it was queued first
};

/// How one attempt of ours ended.
struct Finished {
  std::string id;
  int attempt = 0;
  Result result;
};

/// What a worker tells of itself with each heartbeat.
struct WorkerState {
  std::string host;
  int slots = 1;
  int running = 0;
  int warm = 0;                     ///< sandboxes held ready
  std::vector<std::string> images;  ///< as Language::image names them
  std::string sandbox = "docker";   ///< or "local": without the promises of the containers
  bool draining = false;            ///< as the last heartbeat had it
  bool drained = false;             ///< it claims nothing more and holds nothing
};

/// What a heartbeat found.
struct LeaseReport {
  std::vector<std::string> held;  ///< ids whose lease was renewed; any other id of ours is lost
  std::vector<std::string> cancelled;  ///< those of `held` that are to be killed
  std::vector<std::string> followed;   ///< those of `held` whose output is to be published
  bool draining = false;               ///< the operator wants nothing more to be claimed
};

/// PostgreSQL will never take these results as they are: they break an invariant, or are too large.
class ResultRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One worker's side of the queue; the worker's id is new at each start. Thread-safe, but turn() is
/// meant for one thread. Every call throws DatabaseUnavailable when PostgreSQL is away; all may be
/// repeated.
class WorkQueue final {
 public:
  WorkQueue(Database& database, std::string worker_id);

  struct Turn {
    std::vector<std::string>
        recorded;  ///< ids whose result is now stored; the others' lease was lost
    std::vector<Claim> claims;
  };
  /// Records `finished` durably and claims up to `want` executions and `want_live` live runs that
  /// need one of `images` (see Language::image), oldest key first, in one statement; then notifies
  /// those who wait for a recorded one. About once a second the claim takes expired leases as well.
  /// Throws ResultRefused when one of `finished` can never be stored.
  Turn turn(const std::vector<Finished>& finished, int want, const std::vector<std::string>& images,
            int want_live = 0);

  /// Claims up to `want` executions of others than `owners`, at most one an owner, the oldest key
  /// first. Its cost does not depend on how many rows `owners` have. Beside more than a hundred
  /// owners it goes on where the last call ended, so that each has its turn. For the thread of
  /// turn().
  std::vector<Claim> claim_of_others(int want, const std::vector<std::string>& images,
                                     const std::vector<std::string>& owners);

  /// Whether one of others than `owners` waits, without claiming it; likewise.
  bool others_wait(const std::vector<std::string>& images, const std::vector<std::string>& owners);

  /// Gives executions back that were claimed but not begun: the attempt does not count. One that
  /// was to be cancelled meanwhile is ended by the next end_lost().
  void hand_back(const std::vector<std::string>& ids);

  /// Gives an execution back after a failure of ours: the attempt counts. Cancelled ones as above.
  void release(const std::string& id, int attempt);

  /// Renews the leases of `running` and shows this worker. Whether it drains is the table's to say:
  /// `state` counts only where the row is gone (the table is unlogged).
  LeaseReport heartbeat(const std::vector<std::string>& running, const WorkerState& state);

  /// Those of `ids` that this worker holds and that are to be killed.
  std::vector<std::string> cancelled(const std::vector<std::string>& ids);

  /// Whether submitters shall wake this worker.
  void set_idle(bool idle);

  /// Ends executions whose lease expired: as CANCELLED when that was asked, as WORKER_LOST after
  /// the last attempt. Forgets dead workers, old idempotency keys and those who wait
  /// for what is over. Any worker may call it at any
  /// time. Returns how many executions were ended.
  int end_lost();

  /// Makes the partitions of the next months; drops those older than `retention_days` (0: keeps
  /// all).
  void maintain_partitions(int retention_days);

  /// Removes executions that no list shows (save_history: false), with their results, so long after
  /// their end. Any worker may call it at any time. Returns how many went.
  int forget_unlisted(std::chrono::seconds kept);

  /// Takes this worker out of the table of live ones.
  void sign_off();

 private:
  bool any_called(const std::vector<Finished>& finished) const;
  void notify_done(const std::vector<std::string>& ids);

  Database& database_;
  const std::string worker_id_;
  ClaimBounds bounds_;            // used by turn() alone
  bool queue_was_empty_ = false;  // the last claim got less than it wanted; used by turn() alone
  std::string next_owner_;        // claim_of_others() goes on behind this one
  mutable std::mutex mutex_;
  std::set<std::string> called_;  // claimed ones whose end somebody is told; under mutex_
};

}  // namespace runyard
