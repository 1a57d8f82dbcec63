#pragma once
// The outbox of webhooks: what the workers' senders take from it, and what its owner sees of it.
// The statements that end an execution put it there (core/work_queue.cpp,
// core/execution_store.cpp).
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/database.hpp"

namespace runyard {

/// One that a sender now has to itself for the time of its lease.
struct DueWebhook {
  std::string id;  ///< the same for each attempt, so that a receiver can tell repetitions
  std::string execution_id;
  std::string owner;
  std::string url;
  std::string origin;  ///< scheme, host and port
  int attempt = 0;     ///< from 1
};

/// How many more may be under way for this origin, or this owner.
struct WebhookRoom {
  std::string name;
  int room = 0;
};

/// What a sender may take.
struct WebhookWish {
  int want = 0;
  int per_origin = 0;  ///< for each origin that is not in `origins`
  std::vector<WebhookRoom> origins;
  int per_owner = 0;  ///< likewise; `owners` are all that have something under way
  std::vector<WebhookRoom> owners;
  std::chrono::milliseconds lease{30'000};
};

/// What came of one attempt.
struct WebhookAttempt {
  std::string webhook_id;
  int attempt = 0;
  std::int64_t duration_ms = 0;
  int status = 0;     ///< of HTTP; 0: there was no answer
  std::string error;  ///< "" when it was delivered
  bool delivered = false;
  std::optional<std::chrono::milliseconds> again_in;  ///< nothing: it is over
};

enum class WebhookState { kPending, kDelivered, kFailed };
std::string_view to_string(WebhookState state);

/// A delivery and its attempts, for its owner.
struct WebhookLog {
  struct Attempt {
    int attempt = 0;
    std::string at;
    std::optional<std::int64_t> duration_ms;
    std::optional<int> status;
    std::string error;
  };
  std::string id;
  std::string url;
  WebhookState state = WebhookState::kPending;
  std::string created_at;                      ///< times as in Execution
  std::optional<std::string> next_attempt_at;  ///< nothing: it is over, or sent at this moment
  std::optional<std::string> finished_at;
  std::vector<Attempt> attempts;  ///< the oldest first
};

constexpr int kKeptWebhookAttempts = 50;

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL is away.
class WebhookStore final {
 public:
  explicit WebhookStore(Database& database) : database_(database) {}

  // For senders; `worker` is the sender's own id.

  /// Takes due ones, also those of a sender that did not come back before its lease ran out: of the
  /// owner with the fewest under way first, then the oldest. The attempt counts from now on.
  std::vector<DueWebhook> claim(const std::string& worker, const WebhookWish& wish);
  /// False: the lease was lost, and somebody else decides.
  bool record(const std::string& worker, const WebhookAttempt& attempt);
  /// Gives one back that was not sent: its attempt does not count.
  void give_back(const std::string& worker, const std::string& id,
                 std::chrono::milliseconds due_in);
  /// After the server's clock was set back: what was due, or somebody's for the time of this lease,
  /// does not wait until the clock is there again. A repetition does. Any sender may call it at any
  /// time.
  void bring_back(std::chrono::milliseconds lease);
  /// Removes one whose execution is gone.
  void remove(const std::string& id);
  /// What this owner's webhooks are signed with now: the secret, and for a day the one before.
  std::vector<std::string> secrets(const std::string& owner);
  /// Ends those whose last attempt was lost with its sender, and removes what was over so long ago.
  /// Any worker may call it at any time. Returns how many were removed.
  int tidy(std::chrono::hours kept);

  // For owners.

  /// The deliveries of an execution: none or one. nullopt when there is no such execution of this
  /// owner's.
  std::optional<std::vector<WebhookLog>> log(const std::string& execution_id,
                                             const std::string& owner);
  /// Makes it due now with all its attempts before it, also one that was delivered; one that is
  /// being sent stays as it is. False: there is none.
  bool redeliver(const std::string& execution_id, const std::string& owner);
  /// Makes a new secret.
  std::string change_secret(const std::string& owner);

 private:
  Database& database_;
};

}  // namespace runyard
