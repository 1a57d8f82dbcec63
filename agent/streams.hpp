#pragma once
// A step's standard streams, seen from the agent.
#include <cstdint>
#include <string_view>

#include "agent/job.hpp"
#include "agent/job_reader.hpp"
#include "agent/out_queue.hpp"
#include "agent/posix.hpp"

namespace runyard::agent {

/// stdout or stderr: forwards exactly `limit` bytes at most.
class OutputStream final {
 public:
  OutputStream(protocol::FrameType type, std::uint64_t limit) : type_(type), left_(limit) {}

  void open(Fd fd) { fd_ = std::move(fd); }
  int fd() const { return fd_.get(); }
  bool is_open() const { return static_cast<bool>(fd_); }
  bool truncated() const { return truncated_; }

  enum class Read { kData, kNothing, kClosed };
  /// One read into the queue, which must have room. Closes the descriptor at its end and once the
  /// limit is passed.
  Read pump(OutQueue& out, std::uint32_t job, std::uint16_t step);

 private:
  protocol::FrameType type_;
  Fd fd_;
  std::uint64_t left_;
  bool truncated_ = false;
};

/// stdin: bytes known before the start, or those that come while the step runs.
class InputStream final {
 public:
  /// Non-interactive.
  explicit InputStream(std::string_view bytes) : rest_(bytes) {}
  /// Interactive. `is_tty`: the end of input is typed instead of closing the descriptor.
  InputStream(LiveInput& live, bool is_tty) : live_(&live), is_tty_(is_tty) {}

  void open(Fd fd) { fd_ = std::move(fd); }
  int fd() const { return fd_.get(); }
  bool is_open() const { return static_cast<bool>(fd_); }
  bool wants_to_write() const;

  /// Writes what the program takes without waiting; closes at the end of input or when nobody
  /// reads. From then on live input is thrown away.
  void pump();

  /// Bytes of live input that are gone from here, taken or thrown away.
  std::uint64_t taken() const { return taken_; }

 private:
  bool write_some(std::string_view& bytes);
  void pump_live();
  bool type_end();

  Fd fd_;
  std::string_view rest_;
  LiveInput* live_ = nullptr;
  bool is_tty_ = false;
  bool line_open_ = false;  // of a terminal: what was typed last was no end of a line
  std::uint64_t taken_ = 0;
};

}  // namespace runyard::agent
