#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "agent/protocol.hpp"

namespace runyard::agent {

/// Frames on their way to the worker, in one buffer of fixed size that is allocated once, so that
/// the output of a step and its STEP_ENDED leave in one write. Not thread-safe.
class OutQueue final {
 public:
  /// Above this, write before adding more; what is left of the buffer takes one frame of any size.
  static constexpr std::size_t kHigh = 256 * 1024;
  static constexpr std::size_t kCapacity = kHigh + protocol::kMaxFrame;

  explicit OutQueue(int fd);

  int fd() const { return fd_; }

  /// False when one more frame might not fit.
  bool has_room() const { return size_ - head_ <= kHigh; }
  bool empty() const { return size_ == head_; }
  std::size_t pending() const { return size_ - head_; }

  /// Adds a frame. Precondition: has_room().
  void add(protocol::FrameType type, std::uint32_t job, std::uint16_t step,
           std::string_view payload);

  /// Reads at most `most` bytes from `source` straight into a new frame, and keeps at most `keep`
  /// of them. Returns what read() returned; no frame is added when nothing is kept. Precondition:
  /// has_room().
  std::ptrdiff_t add_from(int source, std::size_t most, std::size_t keep, protocol::FrameType type,
                          std::uint32_t job, std::uint16_t step);

  /// Writes what the worker takes without waiting. False when the worker is gone.
  bool flush_some();

 private:
  void make_room();
  void put_header(protocol::FrameType type, std::uint32_t job, std::uint16_t step,
                  std::size_t payload);

  int fd_;
  std::unique_ptr<char[]> buffer_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace runyard::agent
