#pragma once
// Sends what is due in the outbox of webhooks.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/webhook_store.hpp"
#include "worker/webhooks/body.hpp"
#include "worker/webhooks/resolver.hpp"
#include "worker/webhooks/schedule.hpp"
#include "worker/webhooks/transfers.hpp"

namespace runyard {

struct SenderSettings {
  int most = 32;                            ///< under way at a time
  int per_origin = 4;                       ///< of these to one receiver
  int per_owner = 8;                        ///< of these for one owner
  std::chrono::milliseconds time{10'000};   ///< of one attempt, from the name to the answer
  std::chrono::milliseconds lease{30'000};  ///< must be longer than that
  std::chrono::milliseconds look{1'000};    ///< how often the outbox is looked at
  std::chrono::milliseconds leave{2'000};   ///< what is under way gets to end when this stops
  BreakerSettings breaker;
  std::string ca_file;  ///< see Transfers
  /// See retry_delay.
  std::function<std::chrono::milliseconds(int attempt, double spread)> delay = retry_delay;
};

/// What is sent of an execution; nothing when it is gone.
using FindWebhookBody = std::function<std::optional<WebhookBody>(const std::string& execution_id,
                                                                 const std::string& owner)>;

/// Works on a thread of its own from construction to destruction. At least once: what a sender did
/// not record before its lease ran out is sent again, by whoever takes it, under the same id.
class WebhookSender final {
 public:
  /// All of it outlives the sender but `resolver`'s answers, which may come later.
  WebhookSender(SenderSettings settings, std::string worker, WebhookStore& store,
                FindWebhookBody find_body, Resolver& resolver, AddressRules rules);
  ~WebhookSender();
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  struct UnderWay {
    DueWebhook due;
    CallbackUrl url;
    Clock::time_point begun;
    std::uint64_t lookup = 0;  // its question to the resolver
    bool sending = false;      // its host's addresses are known
  };
  /// A question to the resolver that is not answered yet.
  struct Lookup {
    std::string key;
    std::string owner;
  };
  /// Where answers of the resolver are left, also those that nobody waits for any more.
  struct Mailbox {
    std::mutex mutex;
    std::vector<std::pair<std::uint64_t, Resolved>> answers;  // by lookup; under mutex
    Transfers* wake = nullptr;                                // under mutex
  };

  void run();
  void round();
  void claim();
  void begin(const std::string& key);
  void take_answers();
  void give_up_lookups();
  void send(const std::string& key, const Resolved& resolved);
  void leave();
  void ended(const TransferEnd& end);
  void failed(const std::string& key, std::string error, bool forbidden = false);
  void settle(const std::string& key, const WebhookAttempt& attempt);
  void record(const WebhookAttempt& attempt);
  void record_all();
  bool stopping() const { return stop_; }

  const SenderSettings settings_;
  const std::string worker_;
  WebhookStore& store_;
  const FindWebhookBody find_body_;
  Resolver& resolver_;
  const AddressRules rules_;
  // All below belongs to the thread.
  CircuitBreaker breaker_;
  std::map<std::string, UnderWay> under_way_;  // by id and attempt, as the keys of transfers
  // All that the resolver still works at, also what nobody waits for any more: it counts against
  // its owner until the answer comes, since it holds one of the resolver's places until then.
  std::map<std::uint64_t, Lookup> lookups_;
  std::uint64_t last_lookup_ = 0;
  std::vector<WebhookAttempt> unrecorded_;  // while the database is away
  std::vector<std::string> unsent_;         // to be given back, likewise
  Clock::time_point next_look_;
  Clock::time_point next_try_;  // after the database was away
  Clock::time_point next_back_;
  Clock::time_point next_tidy_;
  Transfers transfers_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace runyard
