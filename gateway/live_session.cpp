#include "gateway/live_session.hpp"

#include <boost/asio/dispatch.hpp>

namespace runyard::gateway {

LiveSession::LiveSession(const LiveContext& context, Caller caller, Admission::Ticket place,
                         std::shared_ptr<WebSocket> web_socket, std::function<void()> ended)
    : context_(context),
      caller_(std::move(caller)),
      place_(std::move(place)),
      web_socket_(std::move(web_socket)),
      ended_(std::move(ended)) {}

void LiveSession::restart() {
  boost::asio::dispatch(web_socket_->executor(), [self = shared_from_this()] {
    if (self->run_) self->run_->leave();
    self->run_.reset();
    self->web_socket_->close(CloseCode::kRestart, "the service restarts");
  });
}

void LiveSession::on_message(std::string message, bool binary) {
  if (binary) return web_socket_->close(CloseCode::kNotText, "messages are text");
  text_ = std::move(message);
  std::visit([this](const auto& parsed) { handle(parsed); }, parse_client_message(text_));
  text_ = {};
}

void LiveSession::on_closed() {
  closed_ = true;
  if (run_) run_->leave();
  run_.reset();
  ended_();
}

bool LiveSession::begin_run() {
  if (run_) {
    answer({409, "a run is under way on this connection; open another one", {}});
    return false;
  }
  run_ = LiveRun::make(context_, web_socket_->executor(), caller_, weak_from_this());
  starting_ = true;
  return true;
}

void LiveSession::handle(const RunMessage& run) {
  if (begin_run()) run_->submit(std::move(text_), LiveMode::kNative, run.detach);
}

void LiveSession::handle(const AttachMessage& attach) {
  if (begin_run()) run_->attach(attach.execution_id, attach.from);
}

void LiveSession::handle(const AuthMessage& auth) {
  if (!caller_.authorization.empty() || !caller_.api_key.empty())
    return answer({409, "this connection has its credentials already", {}});
  caller_.authorization = "Bearer " + auth.token;
  next();
}

void LiveSession::handle(const InputMessage& input) {
  if (!run_) return answer({409, "nothing runs on this connection", {}});
  run_->input(input.kind, input.data, [self = shared_from_this()](InputOutcome outcome) {
    if (self->closed_) return;
    if (outcome == InputOutcome::kTaken) return self->next();
    if (outcome == InputOutcome::kOver)
      return self->answer({409, "the run takes no input: it has ended, or is not a live one", {}});
    if (outcome == InputOutcome::kForbidden)
      return self->answer({403, "typing into a run and signals need the scope submit", {}});
    self->answer({503, "the database is away; the input may not have arrived", {}});
  });
}

void LiveSession::answer(const Problem& problem) {
  web_socket_->send(error_message(problem), false, [self = shared_from_this()] { self->next(); });
}

void LiveSession::on_started(const std::string& execution_id) {
  starting_ = false;
  tell(started_message(execution_id));
  next();
}

void LiveSession::on_refused(const Problem& problem) {
  run_.reset();
  // While a run is under way the next message is awaited already.
  if (starting_) return starting_ = false, answer(problem);
  tell(error_message(problem));
}

void LiveSession::on_events(std::vector<LiveEvent> events) {
  auto messages = event_messages(events);
  if (messages.empty()) return run_->events_written();
  for (std::size_t i = 0; i + 1 < messages.size(); ++i) tell(std::move(messages[i]));
  web_socket_->send(std::move(messages.back()), false, [run = std::weak_ptr<LiveRun>(run_)] {
    if (const auto same = run.lock()) same->events_written();
  });
}

void LiveSession::on_exit(std::string execution, std::int64_t id) {
  run_.reset();
  tell(exit_message(execution, id));
}

}  // namespace runyard::gateway
