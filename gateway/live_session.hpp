#pragma once
// One client of /api/v1/live.
#include <memory>
#include <string>

#include "gateway/admission.hpp"
#include "gateway/gateway_metrics.hpp"
#include "gateway/http_exchange.hpp"
#include "gateway/live_context.hpp"
#include "gateway/live_messages.hpp"
#include "gateway/live_run.hpp"

namespace runyard::gateway {

/// Bytes of one message: the API's largest body and room for what is around it.
constexpr std::size_t kMaxLiveMessage = 9u << 20;

/// Takes messages one at a time: the next is read when the last was dealt with, so a flood of
/// input, of mistakes or of runs is no faster than the answers to it. One run at a time. Lives on
/// its connection's strand.
class LiveSession final : public WebSocketListener,
                          public LiveRunListener,
                          public std::enable_shared_from_this<LiveSession> {
 public:
  /// `ended` is called once, when the connection has ended.
  LiveSession(const LiveContext& context, Caller caller, Admission::Ticket place,
              std::shared_ptr<WebSocket> web_socket, std::function<void()> ended);

  /// Begins to read.
  void start() { web_socket_->read(); }
  /// The program ends. Thread-safe.
  void restart();

  void on_message(std::string message, bool binary) override;
  void on_closed() override;

  void on_started(const std::string& execution_id) override;
  void on_refused(const Problem& problem) override;
  void on_events(std::vector<LiveEvent> events) override;
  void on_exit(std::string execution, std::int64_t id) override;

 private:
  void handle(const RunMessage& run);
  void handle(const AttachMessage& attach);
  void handle(const AuthMessage& auth);
  void handle(const InputMessage& input);
  void handle(const Problem& problem) { answer(problem); }
  bool begin_run();
  /// Says what is wrong with the message that was read last, and reads the next.
  void answer(const Problem& problem);
  void next() { web_socket_->read(); }
  void tell(std::string message) { web_socket_->send(std::move(message), false, {}); }

  const LiveContext& context_;
  Caller caller_;
  const Admission::Ticket place_;
  const std::shared_ptr<WebSocket> web_socket_;
  const std::function<void()> ended_;
  std::string text_;              ///< the message that is dealt with
  std::shared_ptr<LiveRun> run_;  ///< nullptr: none is under way
  bool starting_ = false;         ///< run_ has neither started nor been refused
  bool closed_ = false;
  const metrics::InUse counted_{gateway_metrics().web_sockets};
};

}  // namespace runyard::gateway
