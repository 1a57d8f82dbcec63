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
  if (!fd_) return;
  if (live_ == nullptr) {
    if (!write_some(rest_) || rest_.empty()) fd_.reset();
    return;
  }
  std::string_view bytes = live_->stdin_bytes;
  const bool open = write_some(bytes);
  live_->stdin_bytes.erase(0, live_->stdin_bytes.size() - bytes.size());
  if (!open) {
    live_->stdin_bytes.clear();
    fd_.reset();
    return;
  }
  if (!live_->stdin_eof || !live_->stdin_bytes.empty()) return;
  if (is_tty_) {
    constexpr char kEndOfTransmission = 4;
    if (::write(fd_.get(), &kEndOfTransmission, 1) < 0 && errno == EAGAIN) return;
  }
  fd_.reset();
}

}  // namespace runyard::agent
