#include "core/listener.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <pqxx/pqxx>

#include "core/database_connection.hpp"
#include "core/log.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

#if defined(PQXX_VERSION_MAJOR) && \
    (PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10))

/// Listens as long as the connection lives. 7.10 deprecates the class that 6.4 has for this.
class Receiver final {
 public:
  Receiver(pqxx::connection& connection, const std::string& channel,
           const Listener::OnNotification& on_notification) {
    connection.listen(channel, [&on_notification](const pqxx::notification& notification) {
      on_notification(notification.channel.c_str(), notification.payload.c_str());
    });
  }
};

#else

/// Hands one channel's notifications on.
class Receiver final : public pqxx::notification_receiver {
 public:
  Receiver(pqxx::connection& connection, const std::string& channel,
           const Listener::OnNotification& on_notification)
      : notification_receiver(connection, channel), on_notification_(on_notification) {}

  void operator()(const std::string& payload, int /*backend*/) override {
    on_notification_(channel(), payload);
  }

 private:
  const Listener::OnNotification& on_notification_;
};

#endif

/// How long to wait for the next notification.
std::chrono::microseconds patience_of(const NotificationGate& gate) {
  constexpr std::chrono::microseconds kMost = 200ms;
  const auto next = gate.next();
  if (!next) return kMost;
  const auto wait =
      std::chrono::ceil<std::chrono::microseconds>(*next - NotificationGate::Clock::now());
  return std::clamp<std::chrono::microseconds>(wait, 0us, kMost);
}

}  // namespace

Listener::Listener(std::string options, std::vector<std::string> channels,
                   OnNotification on_notification, std::function<void()> on_connected)
    : options_(std::move(options)),
      channels_(std::move(channels)),
      on_notification_(std::move(on_notification)),
      on_connected_(std::move(on_connected)),
      thread_([this] { run(); }) {}

Listener::~Listener() {
  stop_ = true;
  thread_.join();
}

void Listener::listen_until_lost() {
  pqxx::connection connection(with_loss_detection(options_));
  const OnNotification received = [this](const std::string& channel, const std::string& payload) {
    hand_on(channel, payload);
  };
  std::vector<std::unique_ptr<Receiver>> receivers;
  for (const auto& channel : channels_)
    receivers.push_back(std::make_unique<Receiver>(connection, channel, received));
  connected_ = true;
  on_connected_();
  while (!stop_) {
    // A lost connection shows itself here: await_notification of 6.4 returns without an error when
    // the socket has closed, so it is asked.
    const auto patience = patience_of(gate_);
    connection.await_notification(0, static_cast<long>(patience.count()));
    hand_on_due();
    if (!connection.is_open()) throw pqxx::broken_connection("the listening connection was closed");
  }
}

void Listener::hand_on(const std::string& channel, const std::string& payload) {
  if (gate_.passes(channel, payload, NotificationGate::Clock::now()))
    on_notification_(channel, payload);
}

void Listener::hand_on_due() {
  const auto now = NotificationGate::Clock::now();
  for (const auto& [channel, payload] : gate_.due(now)) on_notification_(channel, payload);
  if (gate_.lost(now)) on_connected_();
}

void Listener::run() {
  auto pause = 50ms;
  while (!stop_) {
    try {
      listen_until_lost();
    } catch (const std::exception& e) {
      if (connected_ || pause == 50ms)
        log::warn("listener lost its connection", {{"error", e.what()}});
      if (connected_) pause = 50ms;
    }
    connected_ = false;
    for (auto waited = 0ms; waited < pause && !stop_; waited += 50ms)
      std::this_thread::sleep_for(50ms);
    pause = std::min<std::chrono::milliseconds>(2 * pause, 1000ms);
  }
}

}  // namespace runyard
