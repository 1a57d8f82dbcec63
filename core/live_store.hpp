#pragma once
// Live output and input of executions, on their way through PostgreSQL.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/database.hpp"

namespace runyard {

/// Bytes of one event or one piece of input at most.
inline constexpr std::size_t kMaxLivePiece = 16 * 1024;
/// Input that may wait for one program; each piece counts 64 bytes more than it has.
inline constexpr std::int64_t kMaxWaitingInput = 256 * 1024;
/// The id of an event is (attempt - 1) * kLiveIdsPerAttempt + its number, from 1. The end of an
/// execution has the last id of its attempt.
inline constexpr std::int64_t kLiveIdsPerAttempt = 1'000'000'000;
constexpr std::int64_t live_end_id(int attempt) {
  return (attempt > 0 ? attempt : 1) * kLiveIdsPerAttempt - 1;
}

enum class LiveEventKind { kStatus, kStdout, kStderr, kTest };
/// "status", "stdout", "stderr", "test".
std::string_view to_string(LiveEventKind kind);

struct LiveEvent {
  std::int64_t id = 0;
  LiveEventKind kind = LiveEventKind::kStdout;
  /// Bytes that the program wrote, never a part of a UTF-8 character; of kStatus and kTest a JSON
  /// object.
  std::string data;
};

/// Events of one execution, in order of their ids.
struct LiveEvents {
  std::string execution_id;
  std::vector<LiveEvent> events;
};

enum class LiveInputKind { kStdin, kEof, kResize, kSignal };
std::string_view to_string(LiveInputKind kind);

struct LiveInput {
  std::int64_t id = 0;  ///< increasing within an execution
  LiveInputKind kind = LiveInputKind::kStdin;
  /// kStdin: bytes; kResize: "COLSxROWS"; kSignal: "SIGINT" and the like; kEof: empty.
  std::string data;
};

enum class PutInput {
  kTaken,
  kFull,  ///< too much waits already: try again later
  kOver,  ///< the execution has ended, or takes no input
};

/// How far an execution is.
struct LiveState {
  std::string execution_id;
  std::int64_t newest = 0;  ///< the id of its last event; 0: none
  bool over = false;        ///< it is not in the queue: ended, deleted, or never was
};

/// A live run whose gateway is gone.
struct AbandonedRun {
  std::string execution_id;
  std::string owner;
};

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL is away; all but put_input()
/// are harmless to repeat. Who may see or drive an execution is the caller's to check.
class LiveStore final {
 public:
  explicit LiveStore(Database& database) : database_(database) {}

  // Workers.

  /// Adds events, each of at most kMaxLivePiece bytes, and notifies kOutputChannel with each
  /// execution's id. Ids that are there already are left as they are.
  void publish(const std::vector<LiveEvents>& batch);
  /// Input after `after`, oldest first, at most 16 pieces.
  std::vector<LiveInput> input(const std::string& execution_id, std::int64_t after);
  /// Removes input up to that id.
  void forget_input(const std::string& execution_id, std::int64_t up_to);
  /// Whether its output is to be published.
  bool followed(const std::string& execution_id);
  /// Removes output older than ten minutes, and input of what is over. Any worker, at any time.
  void tidy();

  // Readers.

  /// Asks the execution's worker, present or future, to publish its output from the beginning.
  /// Nothing happens when it is over.
  void follow(const std::string& execution_id);
  /// Events after `after`, oldest first, at most 16: 256 KiB.
  std::vector<LiveEvent> events(const std::string& execution_id, std::int64_t after);

  /// One for each of the ids, in any order, in one statement. An execution that is over publishes
  /// nothing more.
  std::vector<LiveState> states(const std::vector<std::string>& execution_ids);

  // Gateways.

  /// At most kMaxLivePiece bytes. Notifies kLiveChannel.
  PutInput put_input(const std::string& execution_id, LiveInputKind kind, std::string_view data);
  /// The run ends with a connection of this gateway; it need not be there yet.
  void hold(const std::string& execution_id, const std::string& gateway);
  /// Whose execution it is; "" when there is none.
  std::string owner(const std::string& execution_id);
  /// It does not any more.
  void let_go(const std::string& execution_id);
  /// These runs are still held, also when a crash of the server has emptied the table. Returns the
  /// server's time, in ms since 1970.
  std::int64_t renew(const std::string& gateway, const std::vector<std::string>& execution_ids);
  /// Takes the runs that nobody has renewed for 20 s out of the table: they are to be cancelled.
  /// One that is not there yet stays for ten minutes, since its submission may be under way.
  /// `server_ms` is what renew() returned: read apart, the clock could be set in between.
  std::vector<AbandonedRun> take_abandoned(std::int64_t server_ms);

 private:
  Database& database_;
};

}  // namespace runyard
