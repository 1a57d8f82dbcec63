#include "worker/job_input.hpp"

#include <signal.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace runyard {
namespace {

using protocol::FrameType;

// More signals than a program can tell apart.
constexpr std::size_t kMaxSignals = 64;

struct NamedSignal {
  std::string_view name;
  int number;
};
constexpr NamedSignal kSignals[] = {
    {"SIGHUP", SIGHUP},   {"SIGINT", SIGINT},   {"SIGQUIT", SIGQUIT}, {"SIGKILL", SIGKILL},
    {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}, {"SIGTERM", SIGTERM}, {"SIGCONT", SIGCONT},
    {"SIGSTOP", SIGSTOP}, {"SIGTSTP", SIGTSTP},
};

std::optional<int> cells(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < 1 || value > protocol::kMaxTtySize) return std::nullopt;
  return value;
}

}  // namespace

std::optional<TtySize> tty_size_from(std::string_view text) {
  const auto cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto cols = cells(text.substr(0, cross));
  const auto rows = cells(text.substr(cross + 1));
  if (!cols || !rows) return std::nullopt;
  return TtySize{*cols, *rows};
}

std::optional<std::uint8_t> signal_from(std::string_view name) {
  for (const auto& signal : kSignals)
    if (signal.name == name) return static_cast<std::uint8_t>(signal.number);
  return std::nullopt;
}

JobInput::JobInput(std::string first, bool tty)
    : tty_(tty), event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
  typed_ = first.size();
  if (!first.empty()) waiting_.push_back(std::move(first));
}

void JobInput::on_taken(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  on_taken_ = std::move(call);
}

void JobInput::wake() { ::eventfd_write(event_.get(), 1); }

void JobInput::acknowledge() {
  eventfd_t count = 0;
  ::eventfd_read(event_.get(), &count);
}

void JobInput::add(const LiveInput& piece) {
  const std::lock_guard lock(mutex_);
  if (piece.id <= last_id_) return;
  last_id_ = piece.id;
  switch (piece.kind) {
    case LiveInputKind::kStdin:
      if (ended_ || piece.data.empty()) return;
      typed_ += piece.data.size();
      waiting_.push_back(piece.data);
      marks_.push_back({typed_, piece.id});
      break;
    case LiveInputKind::kEof:
      ended_ = true;
      break;
    case LiveInputKind::kResize:
      if (const auto size = tty_size_from(piece.data); size && tty_) size_ = size;
      break;
    case LiveInputKind::kSignal:
      if (const auto number = signal_from(piece.data); number && signals_.size() < kMaxSignals)
        signals_.push_back(*number);
  }
  wake();
}

std::int64_t JobInput::last_id() const {
  const std::lock_guard lock(mutex_);
  return last_id_;
}

std::int64_t JobInput::done_id() const {
  const std::lock_guard lock(mutex_);
  return marks_.empty() ? last_id_ : marks_.front().id - 1;
}

void JobInput::put_frames(std::string& out, std::uint32_t job) {
  const std::lock_guard lock(mutex_);
  if (size_) {
    std::string payload;
    protocol::detail::put(payload, static_cast<std::uint16_t>(size_->cols));
    protocol::detail::put(payload, static_cast<std::uint16_t>(size_->rows));
    protocol::append_frame(out, FrameType::kResize, job, payload);
    size_.reset();
  }
  for (const auto number : signals_) {
    touched_ = true;
    protocol::append_frame(out, FrameType::kSignal, job, std::string(1, static_cast<char>(number)));
  }
  signals_.clear();
  while (!waiting_.empty() && sent_ - taken_ < protocol::kMaxOutstandingInput) {
    const auto room = static_cast<std::size_t>(protocol::kMaxOutstandingInput - (sent_ - taken_));
    const auto part = std::string_view(waiting_.front())
                          .substr(front_sent_, std::min(room, protocol::kMaxPayload));
    protocol::append_frame(out, FrameType::kStdin, job, part);
    touched_ = true;
    sent_ += part.size();
    front_sent_ += part.size();
    if (front_sent_ < waiting_.front().size()) continue;
    waiting_.pop_front();
    front_sent_ = 0;
  }
  if (!waiting_.empty() || !ended_ || end_sent_) return;
  end_sent_ = touched_ = true;
  protocol::append_frame(out, FrameType::kStdinEof, job);
}

void JobInput::taken(std::uint64_t bytes) {
  std::function<void()> call;
  {
    const std::lock_guard lock(mutex_);
    taken_ = bytes;
    while (!marks_.empty() && marks_.front().end <= taken_) marks_.pop_front();
    call = on_taken_;
  }
  if (call) call();
}

std::uint64_t JobInput::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

bool JobInput::untouched() const {
  const std::lock_guard lock(mutex_);
  return !touched_;
}

}  // namespace runyard
