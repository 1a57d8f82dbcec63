#include "agent/out_queue.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace runyard::agent {

using protocol::kHeaderSize;
using protocol::kMaxPayload;

OutQueue::OutQueue(int fd) : fd_(fd), buffer_(new char[kCapacity]) {}

void OutQueue::make_room() {
  if (head_ == size_) head_ = size_ = 0;
  if (kCapacity - size_ >= protocol::kMaxFrame) return;
  std::memmove(buffer_.get(), buffer_.get() + head_, size_ - head_);
  size_ -= head_;
  head_ = 0;
}

void OutQueue::put_header(protocol::FrameType type, std::uint32_t job, std::uint16_t step,
                          std::size_t payload) {
  char* at = buffer_.get() + size_;
  const auto put = [&at](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) *at++ = static_cast<char>(value >> (8 * i));
  };
  put(static_cast<std::uint32_t>(payload), 4);
  put(static_cast<std::uint32_t>(type), 1);
  put(0, 1);
  put(step, 2);
  put(job, 4);
}

void OutQueue::add(protocol::FrameType type, std::uint32_t job, std::uint16_t step,
                   std::string_view payload) {
  make_room();
  payload = payload.substr(0, kMaxPayload);
  put_header(type, job, step, payload.size());
  if (!payload.empty())
    std::memcpy(buffer_.get() + size_ + kHeaderSize, payload.data(), payload.size());
  size_ += kHeaderSize + payload.size();
}

std::ptrdiff_t OutQueue::add_from(int source, std::size_t most, std::size_t keep,
                                  protocol::FrameType type, std::uint32_t job, std::uint16_t step) {
  make_room();
  const ssize_t n =
      ::read(source, buffer_.get() + size_ + kHeaderSize, std::min(most, kMaxPayload));
  if (n <= 0) return n;
  const std::size_t kept = std::min(static_cast<std::size_t>(n), keep);
  if (kept > 0) {
    put_header(type, job, step, kept);
    size_ += kHeaderSize + kept;
  }
  return n;
}

bool OutQueue::flush_some() {
  while (head_ < size_) {
    const ssize_t n = ::write(fd_, buffer_.get() + head_, size_ - head_);
    if (n >= 0) {
      head_ += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace runyard::agent
