#pragma once
// Executions as the API sees them. All SQL about them is here and in core/work_queue.hpp.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/database.hpp"
#include "core/execution.hpp"
#include "core/quota.hpp"

namespace runyard {

struct NewExecution {
  std::string id;     ///< a UUIDv7 made by the caller: submitting it twice is harmless
  std::string owner;  ///< who may see it
  Submission submission;
  bool watched = false;         ///< somebody will wait for its end
  std::string idempotency_key;  ///< empty: none
  std::string
      idempotency_digest;  ///< of the request's body: the same key with another one is a conflict
  Origin origin = Origin::kNative;
  std::string session_id{};    ///< empty: none
  std::string problem_id{};    ///< empty: none
  bool listed = true;          ///< false: no list shows it
  std::string image{};         ///< what a worker must have to claim it; empty: the language's id
  QuotaLimits quota{};         ///< that this submission must keep within
  std::string callback_url{};  ///< of core/callback_url.hpp; empty: nobody is told of its end
};

/// The outcomes of a submission.
struct Submitted {
  std::string id;  ///< with an idempotency key seen before: the earlier execution's
  bool created = true;
};
struct IdempotencyConflict {};
using SubmitOutcome = std::variant<Submitted, IdempotencyConflict, QuotaExceeded>;

enum class CancelOutcome { kCancelled, kRequested, kNotFound, kAlreadyTerminal };
enum class DeleteOutcome { kDeleted, kNotFound, kNotTerminal };

/// Which executions a list holds; empty and nullopt mean "any".
struct ListFilter {
  std::string language;
  std::optional<Status> status;
  std::string project_id;
  std::string problem_id;
  std::string session_id;
  std::optional<Origin> origin;
  std::string since;   ///< RFC 3339, at or after
  std::string until;   ///< RFC 3339, before
  std::string before;  ///< an execution's id: only older ones
  int limit = 50;
};

/// Which stored bytes of an execution are asked for.
enum class ExecutionPart { kStdout, kStderr, kArtifact };

/// A part of what an execution left.
struct StoredPart {
  Status status = Status::kQueued;
  bool present = false;  ///< false: it is not over, or has no such part
  std::string error;     ///< why the file did not come; empty otherwise
  std::int64_t size = 0;
  std::string bytes;  ///< of the range that was asked for, as far as there are any
};

/// Bytes of a part: `length` from `from` on; below 0 `from` counts from the end.
struct PartRange {
  std::int64_t from = 0;
  std::int64_t length = std::int64_t{1} << 30;
};

/// Called before a stored value of so many bytes is read, while no connection is held; what it
/// throws comes out. Not called for small ones (up to kSmallResultBytes).
using AdmitLarge = std::function<void(std::size_t bytes)>;
inline constexpr std::int64_t kSmallResultBytes = 128 * 1024;

/// What live workers can do now.
struct Fleet {
  int live_workers = 0;
  std::set<std::string> images;  ///< that some live worker has, see Language::image
  std::int64_t queued = 0;       ///< rows of the queue, counted up to the asked bound
  bool local = false;            ///< some live worker has no containers
  int draining_workers = 0;      ///< of the live ones: they claim nothing
  bool room = false;             ///< a live one that does not drain had a free slot when last heard
  bool read_only = false;        ///< the database takes no writes
  /// The first in the queue that one of these images would do for; empty: none waits.
  std::string next{};
};

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL cannot be reached (after one
/// more try on a new connection).
class ExecutionStore final {
 public:
  explicit ExecutionStore(Database& database) : database_(database) {}

  /// Inserts the execution and its place in the queue, durably, and wakes an idle worker. With a
  /// quota, submissions of one owner are made one after the other, so that no two together exceed
  /// it; a repetition by its idempotency key counts for nothing.
  SubmitOutcome submit(const NewExecution& execution);

  /// nullopt when there is none or it is another owner's.
  std::optional<Execution> find(const std::string& id, const std::string& owner,
                                const AdmitLarge& admit = {});

  /// What was submitted; nullopt as above.
  std::optional<Submission> find_submission(const std::string& id, const std::string& owner,
                                            const AdmitLarge& admit = {});

  /// Bytes of one output or file, nothing else of the execution. `name` is the file's. nullopt as
  /// above.
  std::optional<StoredPart> find_part(const std::string& id, const std::string& owner,
                                      ExecutionPart part, const std::string& name,
                                      const PartRange& range);

  /// Newest first, without tests and artifacts, each output (also the compiler's) cut to its first
  /// 4096 bytes (and then marked as truncated): a page of whole ones could be gigabytes.
  std::vector<Execution> list(const std::string& owner, const ListFilter& filter);

  /// Marks that somebody waits for this execution: its end is then notified. Look once more after
  /// it.
  void watch(const std::string& id);

  /// Ends a queued one at once; asks the worker of a running one to kill it.
  CancelOutcome cancel(const std::string& id, const std::string& owner);

  /// Removes the submission and the result of an execution that is over.
  DeleteOutcome remove(const std::string& id, const std::string& owner);

  /// `count_up_to`: stop counting the queue there.
  Fleet fleet(std::int64_t count_up_to);

  /// The first of 1000 in the queue whose image is one of these and of a worker with room; or "".
  std::string next_waiting(const std::set<std::string>& images);

 private:
  Database& database_;
};

}  // namespace runyard
