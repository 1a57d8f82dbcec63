#pragma once
// The agent's side of the protocol as a state machine: bytes in, HELLO, jobs and live input out.
// Touches no file.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/job.hpp"
#include "agent/protocol.hpp"

namespace runyard::agent {

struct Hello {
  std::string nonce;  ///< kNonceSize bytes
  std::uint32_t first_uid = 0;
};

/// What came for the running job and has not been acted upon.
struct LiveInput {
  std::string stdin_bytes;
  bool stdin_eof = false;
  bool cancel = false;
  std::optional<TtySize> resize;
  std::vector<int> signals;
};

/// Not thread-safe. Any member may throw protocol::ProtocolError; the sender must not be listened
/// to after that.
class JobReader final {
 public:
  /// Uids below this belong to people and services of the host.
  static constexpr std::uint32_t kLowestUid = 10000;
  static constexpr std::uint32_t kUids = 64;
  /// Live input that a job does not read is held up to here; then full() asks to stop reading.
  static constexpr std::size_t kMaxStdin = 256 * 1024;

  void feed(std::string_view bytes);

  /// The HELLO, once.
  std::optional<Hello> take_hello();
  /// The job, once it is complete; it counts as running until finish().
  std::optional<Job> take_job();
  /// The job is over; what still comes for it is dropped.
  void finish();

  /// Announced bytes that the next job may hold: more is read and thrown away, and the job says so.
  void hold_at_most(std::uint64_t bytes) { most_held_ = bytes; }

  LiveInput& live() { return live_; }
  bool full() const { return live_.stdin_bytes.size() >= kMaxStdin; }

 private:
  enum class State { kHello, kIdle, kJson, kBlob, kComplete, kRunning };

  void on_frame(const protocol::Frame& frame);
  void on_hello(const protocol::Frame& frame);
  void on_job(const protocol::Frame& frame);
  void on_blob(const protocol::Frame& frame);
  void on_live(const protocol::Frame& frame);
  void complete_if_all_there();

  protocol::FrameParser parser_;
  State state_ = State::kHello;
  std::optional<Hello> hello_;
  std::string json_;
  Job job_;
  std::size_t received_ = 0;  // bytes of the blob
  std::uint64_t most_held_ = UINT64_MAX;
  std::uint32_t last_id_ = 0;
  bool interactive_ = false;
  bool tty_ = false;
  std::size_t steps_ = 0;
  LiveInput live_;
};

}  // namespace runyard::agent
