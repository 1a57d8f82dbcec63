#pragma once
// One program of an interactive client: what happens to it, told as Socket.IO packets, and what is
// typed for it, one piece after the other.
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "gateway/interactive_events.hpp"
#include "gateway/live_run.hpp"

namespace runyard::gateway {

/// Not thread-safe: used on its client's strand.
class InteractiveRun final : public LiveRunListener,
                             public std::enable_shared_from_this<InteractiveRun> {
 public:
  struct Client {
    std::function<void(std::string packet)> send;
    /// The client does not keep up: no more events before drained().
    std::function<bool()> is_full;
    /// It is over, and the client was told. Comes once.
    std::function<void()> over;
  };
  using MakeRun = std::function<std::shared_ptr<LiveRun>(std::weak_ptr<LiveRunListener>)>;

  /// What may wait to be typed, beside what the program's own queue takes.
  static constexpr std::size_t kMaxWaitingInput = 1 << 20;
  /// How many may wait to hear that their input is in.
  static constexpr std::size_t kMaxWaitingAcks = 1000;

  explicit InteractiveRun(Client client) : client_(std::move(client)) {}

  /// `ack`: the number under which the client wants an answer.
  void start(const MakeRun& make_run, const json::Value& language, const json::Value& code,
             std::optional<std::int64_t> ack);
  /// Types `data`. False when too much waits already.
  bool input(const std::string& data, std::optional<std::int64_t> ack);
  /// The client has taken what waited for it.
  void drained();
  /// The client is gone: kills the program.
  void leave();
  /// What is kept: input that waits for the program, packets that wait for the client.
  std::size_t kept_bytes() const { return waiting_.size() + typing_bytes_ + last_bytes_; }
  /// Empty until it is known.
  const std::string& id() const { return id_; }

  void on_started(const std::string& execution_id) override;
  void on_refused(const Problem& problem) override;
  void on_events(std::vector<LiveEvent> events) override;
  void on_exit(std::string execution, std::int64_t id) override;

 private:
  void type_next();
  void typed(InputOutcome outcome, const std::vector<std::int64_t>& acks);
  void finish(std::vector<std::string> packets);
  void send_last();
  void send_all(const std::vector<std::string>& packets);

  const Client client_;
  std::shared_ptr<LiveRun> run_;
  std::string id_;
  std::string language_;
  std::optional<std::int64_t> start_ack_;
  interactive::ToldOutput told_;
  std::deque<std::string> last_;  ///< once the program is over: what is still to be sent
  std::size_t last_bytes_ = 0;    ///< of last_
  bool over_ = false;
  bool events_held_ = false;  ///< events_written() is owed
  std::string waiting_;       ///< to be typed
  std::vector<std::int64_t> waiting_acks_;
  bool typing_ = false;
  std::size_t typing_bytes_ = 0;
};

}  // namespace runyard::gateway
