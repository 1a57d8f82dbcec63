#pragma once
// The one connection of a program that waits for NOTIFY.
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/notification_gate.hpp"

namespace runyard {

/// Channels of NOTIFY. A notification is a hint, which whoever may connect can send: what it says
/// is read again from rows, and whoever waits also looks by itself now and then.
inline constexpr char kWorkChannel[] = "runyard_work";  ///< something was queued; no payload
inline constexpr char kDoneChannel[] = "runyard_done";  ///< payload: id of an execution that ended
/// payload: id of an execution that is to be killed, as its row says
inline constexpr char kCancelChannel[] = "runyard_cancel";
/// payload: id of a running execution that got input, or that somebody follows now
inline constexpr char kLiveChannel[] = "runyard_live";
/// payload: id of an execution that has new events
inline constexpr char kOutputChannel[] = "runyard_output";
/// payload: id of a worker that is to look at its own row: it is drained, or not any more
inline constexpr char kWorkerChannel[] = "runyard_worker";

/// Listens on its own thread from construction to destruction. After a loss it connects and listens
/// again (back-off up to 1 s), then calls `on_connected`: whoever waits must look once more. It
/// does so, too, when there were more different notifications at a time than it keeps
/// (NotificationGate).
class Listener final {
 public:
  using OnNotification =
      std::function<void(const std::string& channel, const std::string& payload)>;

  /// Both functions are called on the listener's thread and must not throw.
  Listener(std::string options, std::vector<std::string> channels, OnNotification on_notification,
           std::function<void()> on_connected);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// False while the connection is lost.
  bool connected() const { return connected_; }

 private:
  void run();
  void listen_until_lost();
  void hand_on(const std::string& channel, const std::string& payload);
  void hand_on_due();

  const std::string options_;
  const std::vector<std::string> channels_;
  const OnNotification on_notification_;
  const std::function<void()> on_connected_;
  NotificationGate gate_;  // of the thread
  std::atomic<bool> stop_{false};
  std::atomic<bool> connected_{false};
  std::thread thread_;
};

}  // namespace runyard
