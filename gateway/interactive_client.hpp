#pragma once
// One Socket.IO connection of the older interactive interface (API.md 2.5): its events, and the
// programs that it runs. Knows nothing of what carries the messages.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/caller.hpp"
#include "gateway/interactive_run.hpp"
#include "gateway/socket_io.hpp"

namespace runyard::gateway {

/// Not thread-safe: used on one strand.
class InteractiveClient final : public std::enable_shared_from_this<InteractiveClient> {
 public:
  struct Carrier {
    /// A Socket.IO packet for the client.
    std::function<void(std::string packet)> send;
    /// No more than is needed is to be sent before drained().
    std::function<bool()> is_full;
    /// Ends the connection; left() follows.
    std::function<void(std::string_view reason)> close;
    /// A run as this caller's.
    std::function<std::shared_ptr<LiveRun>(const Caller&, std::weak_ptr<LiveRunListener>)> make_run;
  };

  /// Programs of one connection at once.
  static constexpr std::size_t kMaxRuns = 8;

  InteractiveClient(Carrier carrier, Caller caller)
      : carrier_(std::move(carrier)), caller_(std::move(caller)) {}

  /// A message of the client: text, or the bytes of an attachment.
  void message(std::string_view text, bool binary);
  /// The client has taken what waited for it.
  void drained();
  /// The connection is over: kills all programs, tells nobody.
  void left();
  /// What is kept for its programs, beside what waits in the carrier.
  std::size_t kept_bytes() const;
  /// It has not joined yet, or has left again, and may be given up for that.
  bool is_idle() const { return !joined_; }

 private:
  void packet(socket_io::Packet packet);
  void join(const socket_io::Packet& packet);
  void leave_all();
  void event(const socket_io::Packet& packet);
  void refuse_binary();
  void execute(const json::Value& request, std::optional<std::int64_t> ack);
  void input(const json::Value& request, std::optional<std::int64_t> ack);
  void answer(std::optional<std::int64_t> ack, std::string_view message);
  InteractiveRun* find(const std::string& execution_id) const;

  const Carrier carrier_;
  Caller caller_;
  bool gone_ = false;
  bool joined_ = false;
  int attachments_ = 0;  ///< binary messages that are still to come, and are thrown away
  std::map<std::uint64_t, std::shared_ptr<InteractiveRun>> runs_;
  std::uint64_t next_run_ = 1;
};

}  // namespace runyard::gateway
