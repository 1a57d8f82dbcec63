#include "agent/streams.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace runyard::agent {

OutputStream::Read OutputStream::pump(OutQueue& out, std::uint32_t job, std::uint16_t step) {
  // One byte more than is left shows that there is more.
  const auto most =
      static_cast<std::size_t>(std::min<std::uint64_t>(left_ + 1, protocol::kMaxPayload));
  const auto n =
      out.add_from(fd_.get(), most, static_cast<std::size_t>(std::min<std::uint64_t>(left_, most)),
                   type_, job, step);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return Read::kNothing;
  if (n <= 0) {  // a terminal nobody holds any more answers EIO
    fd_.reset();
    return Read::kClosed;
  }
  const auto got = static_cast<std::uint64_t>(n);
  truncated_ = got > left_;
  left_ -= std::min(got, left_);
  if (!truncated_) return Read::kData;
  fd_.reset();
  return Read::kClosed;
}

bool InputStream::wants_to_write() const {
  if (!fd_) return false;
  if (live_ != nullptr) return !live_->stdin_bytes.empty() || live_->stdin_eof;
  return true;
}

bool InputStream::write_some(std::string_view& bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return true;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void InputStream::pump() {
  if (live_ != nullptr) return pump_live();
  if (!fd_) return;
  if (!write_some(rest_) || rest_.empty()) fd_.reset();
}

void InputStream::pump_live() {
  auto& waiting = live_->stdin_bytes;
  if (fd_ && !waiting.empty()) {
    std::string_view bytes = waiting;
    const bool open = write_some(bytes);
    const auto written = waiting.size() - bytes.size();
    if (written > 0) line_open_ = waiting[written - 1] != '\n' && waiting[written - 1] != '\r';
    waiting.erase(0, written);
    taken_ += written;
    if (!open) fd_.reset();
  }
  if (!fd_) {
    // Held, it would in the end keep a CANCEL from being read.
    taken_ += waiting.size();
    waiting.clear();
    return;
  }
  if (live_->stdin_eof && waiting.empty() && (!is_tty_ || type_end())) fd_.reset();
}

/// False: later. The first of two ends a line that was begun, as at any terminal.
bool InputStream::type_end() {
  constexpr char kEndOfTransmission = 4;
  for (; line_open_; line_open_ = false)
    if (::write(fd_.get(), &kEndOfTransmission, 1) < 0 && errno == EAGAIN) return false;
  return ::write(fd_.get(), &kEndOfTransmission, 1) >= 0 || errno != EAGAIN;
}

}  // namespace runyard::agent
