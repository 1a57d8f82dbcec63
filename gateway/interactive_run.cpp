#include "gateway/interactive_run.hpp"

#include <iterator>
#include <utility>

#include "core/log.hpp"
#include "gateway/socket_io.hpp"

namespace runyard::gateway {
namespace {

std::string taken(std::int64_t ack) {
  return socket_io::encode_ack(ack, R"({"status":"success"})");
}

std::string not_taken(std::int64_t ack, std::string_view message) {
  json::Writer writer;
  writer.begin_object().member("status", "error").member("message", message).end_object();
  return socket_io::encode_ack(ack, writer.text());
}

}  // namespace

void InteractiveRun::start(const MakeRun& make_run, const json::Value& language,
                           const json::Value& code, std::optional<std::int64_t> ack) {
  start_ack_ = ack;
  if (const auto* name = language.string()) language_ = *name;
  run_ = make_run(weak_from_this());
  run_->submit(interactive::submission(language, code), LiveMode::kExecute, false);
}

bool InteractiveRun::input(const std::string& data, std::optional<std::int64_t> ack) {
  if (waiting_.size() + data.size() > kMaxWaitingInput) return false;
  if (ack && waiting_acks_.size() >= kMaxWaitingAcks) return false;
  waiting_ += data;
  if (ack) waiting_acks_.push_back(*ack);
  type_next();
  return true;
}

void InteractiveRun::drained() {
  if (over_) return;
  if (std::exchange(events_held_, false) && last_.empty()) run_->events_written();
  send_last();
}

void InteractiveRun::leave() {
  over_ = true;
  last_.clear();
  last_bytes_ = 0;
  if (run_) run_->leave();
}

void InteractiveRun::on_started(const std::string& execution_id) {
  if (over_) return;
  id_ = execution_id;
  if (start_ack_) {
    json::Writer writer;
    writer.begin_object().member("status", "success").member("executionId", id_).end_object();
    client_.send(socket_io::encode_ack(*std::exchange(start_ack_, std::nullopt), writer.text()));
  }
  send_all(interactive::started(id_));
}

void InteractiveRun::on_refused(const Problem& problem) {
  const auto message = interactive::message_of(problem, language_);
  if (!over_ && start_ack_) client_.send(not_taken(*start_ack_, message));
  finish(interactive::refused(message));
}

void InteractiveRun::on_events(std::vector<LiveEvent> events) {
  if (over_) return;
  send_all(interactive::outputs(events, told_));
  // Sending too much closes the client, and this run with it.
  if (over_) return;
  if (client_.is_full())
    events_held_ = true;
  else
    run_->events_written();
}

void InteractiveRun::on_exit(std::string execution, std::int64_t) {
  try {
    finish(interactive::ended(id_, execution, told_));
  } catch (const json::ParseError& error) {
    log::error("the execution cannot be read", {{"execution", id_}, {"error", error.what()}});
    finish(interactive::refused("the result cannot be read"));
  }
}

/// Everything that waits goes in one piece; the next when it is in.
void InteractiveRun::type_next() {
  if (typing_ || waiting_.empty() || over_) return;
  typing_ = true;
  typing_bytes_ = waiting_.size();
  // Weak: the run, which keeps it until it is done, is this one's.
  run_->input(
      LiveInputKind::kStdin, std::exchange(waiting_, {}),
      [weak = weak_from_this(), acks = std::exchange(waiting_acks_, {})](InputOutcome outcome) {
        if (const auto self = weak.lock()) self->typed(outcome, acks);
      });
}

void InteractiveRun::typed(InputOutcome outcome, const std::vector<std::int64_t>& acks) {
  typing_ = false;
  typing_bytes_ = 0;
  if (over_) return;
  const char* why = outcome == InputOutcome::kOver ? "the program takes no more input"
                                                   : "the database is away: the input may be lost";
  const bool in = outcome == InputOutcome::kTaken;
  for (const auto ack : acks) client_.send(in ? taken(ack) : not_taken(ack, why));
  if (outcome == InputOutcome::kUnavailable && !over_) client_.send(interactive::error(why));
  type_next();
}

void InteractiveRun::finish(std::vector<std::string> packets) {
  if (over_) return;
  last_.assign(std::make_move_iterator(packets.begin()), std::make_move_iterator(packets.end()));
  for (const auto& packet : last_) last_bytes_ += packet.size();
  send_last();
}

/// As much as the client takes now. It is over with the last.
void InteractiveRun::send_last() {
  if (last_.empty()) return;
  while (!last_.empty() && !over_ && !client_.is_full()) {
    const auto packet = std::move(last_.front());
    last_.pop_front();
    last_bytes_ -= packet.size();
    client_.send(packet);
  }
  if (over_ || !last_.empty()) return;
  over_ = true;
  client_.over();
}

void InteractiveRun::send_all(const std::vector<std::string>& packets) {
  for (const auto& packet : packets) client_.send(packet);
}

}  // namespace runyard::gateway
