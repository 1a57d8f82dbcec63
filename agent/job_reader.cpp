#include "agent/job_reader.hpp"

#include <csignal>
#include <utility>

#include "agent/job_json.hpp"

namespace runyard::agent {

using protocol::Frame;
using protocol::FrameType;
using protocol::ProtocolError;

void JobReader::feed(std::string_view bytes) {
  parser_.feed(bytes, [this](const Frame& frame) { on_frame(frame); });
}

std::optional<Hello> JobReader::take_hello() { return std::exchange(hello_, std::nullopt); }

std::optional<Job> JobReader::take_job() {
  if (state_ != State::kComplete) return std::nullopt;
  state_ = State::kRunning;
  return std::exchange(job_, Job{});
}

void JobReader::finish() {
  if (state_ != State::kRunning) throw ProtocolError("no job is running");
  state_ = State::kIdle;
  live_ = LiveInput{};
}

void JobReader::on_frame(const Frame& frame) {
  switch (frame.type) {
    case FrameType::kHello:
      return on_hello(frame);
    case FrameType::kJob:
      return on_job(frame);
    case FrameType::kBlob:
      return on_blob(frame);
    case FrameType::kStdin:
    case FrameType::kStdinEof:
    case FrameType::kResize:
    case FrameType::kSignal:
    case FrameType::kCancel:
      return on_live(frame);
    default:
      throw ProtocolError("a frame that only the agent sends");
  }
}

void JobReader::on_hello(const Frame& frame) {
  if (state_ != State::kHello) throw ProtocolError("a second HELLO");
  if (frame.payload.size() != protocol::kNonceSize + sizeof(std::uint32_t))
    throw ProtocolError("HELLO of a wrong size");
  auto rest = frame.payload;
  Hello hello;
  hello.nonce = std::string(rest.substr(0, protocol::kNonceSize));
  rest.remove_prefix(protocol::kNonceSize);
  hello.first_uid = protocol::detail::get<std::uint32_t>(rest);
  constexpr std::uint32_t kHighestUid = 0x7fffffff - kUids;
  if (hello.first_uid < kLowestUid || hello.first_uid > kHighestUid)
    throw ProtocolError("HELLO with a uid that is not for jobs");
  hello_ = std::move(hello);
  state_ = State::kIdle;
}

void JobReader::on_job(const Frame& frame) {
  if (state_ == State::kIdle) {
    if (frame.job <= last_id_) throw ProtocolError("JOB with an id that is not new");
    last_id_ = frame.job;
    json_.clear();
    state_ = State::kJson;
  } else if (state_ != State::kJson || frame.job != last_id_) {
    throw ProtocolError("JOB out of order");
  }
  if (json_.size() + frame.payload.size() > protocol::kMaxJobJson)
    throw ProtocolError("JOB over the limit");
  json_.append(frame.payload);
  if ((frame.flags & protocol::kMore) != 0) return;

  job_ = parse_job(json_);
  json_ = std::string();
  job_.id = last_id_;
  received_ = 0;
  job_.too_large = job_.needed_bytes() > most_held_;
  if (!job_.too_large) job_.blob.reserve(job_.blob_size());
  steps_ = job_.steps.size();
  tty_ = job_.tty.has_value();
  interactive_ = false;
  for (const auto& step : job_.steps) interactive_ = interactive_ || step.interactive;
  state_ = State::kBlob;
  complete_if_all_there();
}

void JobReader::on_blob(const Frame& frame) {
  if (state_ != State::kBlob || frame.job != last_id_) throw ProtocolError("BLOB out of order");
  if (received_ + frame.payload.size() > job_.blob_size())
    throw ProtocolError("more BLOB bytes than announced");
  received_ += frame.payload.size();
  if (!job_.too_large) job_.blob.append(frame.payload);
  complete_if_all_there();
}

void JobReader::complete_if_all_there() {
  if (received_ == job_.blob_size()) state_ = State::kComplete;
}

void JobReader::on_live(const Frame& frame) {
  if (state_ == State::kHello || frame.job == 0 || frame.job > last_id_)
    throw ProtocolError("live input for no job");
  // The job may have ended while the frame was on its way.
  const bool running = state_ != State::kIdle && frame.job == last_id_;
  if (!running) return;
  if (state_ == State::kJson || state_ == State::kBlob)
    throw ProtocolError("live input before the job is complete");
  auto rest = frame.payload;
  switch (frame.type) {
    case FrameType::kStdin:
      if (!interactive_) throw ProtocolError("STDIN for a job that is not interactive");
      if (live_.stdin_eof) throw ProtocolError("STDIN after STDIN_EOF");
      live_.stdin_bytes.append(frame.payload);
      break;
    case FrameType::kStdinEof:
      if (!interactive_) throw ProtocolError("STDIN_EOF for a job that is not interactive");
      live_.stdin_eof = true;
      break;
    case FrameType::kResize: {
      if (!tty_) throw ProtocolError("RESIZE for a job without a terminal");
      TtySize size;
      size.cols = protocol::detail::get<std::uint16_t>(rest);
      size.rows = protocol::detail::get<std::uint16_t>(rest);
      const auto good = [](int cells) { return cells >= 1 && cells <= protocol::kMaxTtySize; };
      if (!good(size.cols) || !good(size.rows))
        throw ProtocolError("RESIZE to a size that no terminal has");
      live_.resize = size;
      break;
    }
    case FrameType::kSignal: {
      const int number = protocol::detail::get<std::uint8_t>(rest);
      if (number < 1 || number > SIGSYS) throw ProtocolError("SIGNAL of an unknown number");
      if (live_.signals.size() < 64) live_.signals.push_back(number);
      break;
    }
    default:
      live_.cancel = true;
  }
}

}  // namespace runyard::agent
