#pragma once
// The frames between a worker and the agent inside a sandbox: the only file that both include.
//
// A frame is a 12-byte little-endian header and at most kMaxPayload bytes:
//   u32 size      payload bytes
//   u8  type      FrameType
//   u8  flags     kMore on all but the last part of a JOB
//   u16 step      index of the step that the frame speaks of, else 0
//   u32 job       number of the job that the frame speaks of, 0 outside a job
//
// A job, as the worker sends it: JOB parts (one JSON text, the only JSON in the protocol), then as
// many BLOB bytes as the JSON announces: the files' contents in order, then each step's stdin in
// order.
//   {"files":  [{"name": "main.py", "size": 12, "mode": 438}],
//    "steps":  [{"kind": "compile" | "run", "argv": ["python3", "main.py"], "env":
//    ["PATH=/usr/bin"],
//                "stdin_size": 0, "interactive": false,
//                "wall_ms": 10000, "cpu_ms": 10000, "output_bytes": 65536, "file_bytes": 16777216,
//                "processes": 64, "address_space_bytes": 0,
//                "collect": ["main"], "collect_bytes": 8388608}],
//    "live": false, "tty": null | {"cols": 80, "rows": 24}}
// Names are relative to /box. A step whose kind is compile and that does not end with exit code 0
// is the job's last. `collect` names regular files to send back after a step that ended with 0; one
// `*` may stand in the last component, and `**/` in front looks in every folder. `live` asks for
// output as it comes; else the agent may hold it for kMaxHeldMs, or until the step ends. With `tty`
// the run steps have one terminal of that size instead of pipes. A 0 for cpu_ms or
// address_space_bytes means "no limit of its own"; the others are never 0.
//
// Files belong to the sandbox's first uid and lose every write permission but the owner's. A run
// step finds what was submitted, or compiled by a step before, and nothing that another run step
// made or changed; only what a compile step of the same job left writable to others is not watched.
//
// The agent answers, in this order: for each step STEP_STARTED (live jobs only), STDOUT, STDERR and
// STDIN_TAKEN, STEP_ENDED, ARTIFACT and its ARTIFACT_DATA; and after the last step CLEAN or
// TAINTED. After TAINTED, or after anything that does not fit this order, the only right thing is
// to destroy the sandbox. A step that could not begin has a STEP_ENDED alone. TAINTED before the
// last step means that the step before it left what cannot be taken away: the remaining steps have
// to run in another sandbox. Where the job's files could not be written, or do not fit into the
// sandbox's memory together with its stdin, step 0 ends with kSpawn, kDisk or kMemory, an errno,
// and the bytes that it takes as peak_bytes, and TAINTED follows.
//
// STDIN that a program does not read stays where it is; a worker that sends at most
// kMaxOutstandingInput bytes more than STDIN_TAKEN has told always reaches the agent with a CANCEL.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace runyard::protocol {

constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kHeaderSize = 12;
constexpr std::size_t kMaxFrame = 64 * 1024;
constexpr std::size_t kMaxPayload = kMaxFrame - kHeaderSize;
constexpr std::size_t kNonceSize = 16;
/// Memory that the agent keeps for itself, beyond a program's limit and its own few pages: the
/// sandbox's limit has to be higher by it.
constexpr std::uint64_t kReserveBytes = 4 * 1024 * 1024;
/// Bounds on a whole job, checked by both sides.
constexpr std::size_t kMaxJobJson = 4 * 1024 * 1024;
constexpr std::size_t kMaxBlobBytes = 32 * 1024 * 1024;
constexpr std::size_t kMaxSteps = 1001;
/// Output of a job that is not live waits at most so long for the end of its step.
constexpr std::uint64_t kMaxHeldMs = 50;
/// STDIN that was sent and not told as taken.
constexpr std::uint64_t kMaxOutstandingInput = 64 * 1024;
/// Columns and rows of a terminal.
constexpr int kMaxTtySize = 1000;

enum class FrameType : std::uint8_t {
  // worker -> agent
  kHello = 1,     ///< nonce (16 bytes), u32 first uid of this sandbox's 64
  kJob = 2,       ///< a part of the JSON
  kBlob = 3,      ///< a part of the announced bytes
  kStdin = 4,     ///< input for the running interactive step
  kStdinEof = 5,  ///< no more of it
  kResize = 6,    ///< u16 columns, u16 rows
  kSignal = 7,    ///< u8 signal number, for the running step's process group
  kCancel = 8,    ///< stop the running step, skip the others
  // agent -> worker
  kReady = 65,         ///< nonce as sent, u32 kVersion
  kStepStarted = 66,   ///< empty
  kStdout = 67,        ///< bytes
  kStderr = 68,        ///< bytes
  kStepEnded = 69,     ///< StepEnded
  kArtifact = 70,      ///< ArtifactHeader, then the name
  kArtifactData = 71,  ///< bytes
  kClean = 72,         ///< u32 microseconds that cleaning took
  kTainted = 73,       ///< why, as text of at most 200 bytes
  kRefused = 74,       ///< the sandbox is not as it must be: why, as text; the agent then exits
  kStdinTaken = 75,    ///< u64: bytes of STDIN that the step's program, or nobody, has taken so far
};

constexpr std::uint8_t kMore = 1;

struct Frame {
  FrameType type{};
  std::uint8_t flags = 0;
  std::uint16_t step = 0;
  std::uint32_t job = 0;
  std::string_view payload;  ///< into the parser's buffer, valid until it is fed again
};

/// Which limit ended a step. The first one that was hit counts.
enum class Limit : std::uint8_t {
  kNone = 0,
  kWall = 1,
  kCpu = 2,
  kMemory = 3,
  kStdout = 4,  ///< more than output_bytes on stdout
  kStderr = 5,
  kProcesses = 6,
  kDisk = 7,
  kCancelled = 8,
  kSpawn = 9,  ///< execve failed, or writing the files: error_number says why
};

/// Payload of STEP_ENDED, little-endian, without padding, in this order.
struct StepEnded {
  static constexpr std::size_t kSize = 40;
  std::int32_t exit_code = -1;    ///< -1 when a signal ended it
  std::int32_t signal = 0;        ///< 0 when it exited
  Limit limit = Limit::kNone;     ///< u8
  bool stdout_truncated = false;  ///< u8
  bool stderr_truncated = false;  ///< u8, then one zero byte
  std::int32_t error_number = 0;  ///< errno of a failed start
  std::uint64_t wall_us = 0;      ///< from execve to the main process's end
  std::uint64_t cpu_us = 0;       ///< user and system time of all its processes
  std::uint64_t peak_bytes = 0;   ///< memory at its highest
};

/// Start of ARTIFACT's payload; the name (without NUL) follows.
struct ArtifactHeader {
  static constexpr std::size_t kSize = 12;
  std::uint64_t size = 0;
  std::uint32_t mode = 0;
};

/// Why a file that was asked for does not come: such an ARTIFACT has the mode kNotSent + the reason
/// and no data; its size is that of the file where it is known. Names that only fit a pattern are
/// told when they are too large or too many.
enum class NotSent : std::uint32_t {
  kMissing = 1,
  kNotPlain = 2,  ///< no regular file, or one with a second name, or behind a link
  kTooLarge = 3,  ///< with it the sum would be over collect_bytes
  kTooMany = 4,   ///< told once, of the first one
  kUnreadable = 5,
  kBadName = 6,  ///< no JOB could carry it: not UTF-8, over 1024 bytes or 32 folders deep
};
constexpr std::uint32_t kNotSent = 1u << 31;
/// Files that one step may send.
constexpr std::size_t kMaxArtifacts = 1024;

/// Bytes that are no frame of this protocol. The sender must not be talked to again.
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {
template <typename T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

template <typename T>
T get(std::string_view& in) {
  if (in.size() < sizeof(T)) throw ProtocolError("payload too short");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(in[i])) << (8 * i);
  in.remove_prefix(sizeof(T));
  return static_cast<T>(value);
}
}  // namespace detail

/// Appends one frame to `out`. `payload` is at most kMaxPayload bytes, else std::length_error.
inline void append_frame(std::string& out, FrameType type, std::uint32_t job,
                         std::string_view payload = {}, std::uint16_t step = 0,
                         std::uint8_t flags = 0) {
  if (payload.size() > kMaxPayload) throw std::length_error("frame payload over 64 KiB");
  detail::put(out, static_cast<std::uint32_t>(payload.size()));
  detail::put(out, static_cast<std::uint8_t>(type));
  detail::put(out, flags);
  detail::put(out, step);
  detail::put(out, job);
  out.append(payload);
}

/// Appends `bytes` as so many frames as it takes (one empty frame when there are none). With
/// `mark_more`, all but the last carry kMore.
inline void append_frames(std::string& out, FrameType type, std::uint32_t job,
                          std::string_view bytes, std::uint16_t step = 0, bool mark_more = false) {
  do {
    const auto part = bytes.substr(0, kMaxPayload);
    bytes.remove_prefix(part.size());
    append_frame(out, type, job, part, step, mark_more && !bytes.empty() ? kMore : 0);
  } while (!bytes.empty());
}

inline std::string encode(const StepEnded& e) {
  std::string out;
  detail::put(out, e.exit_code);
  detail::put(out, e.signal);
  detail::put(out, static_cast<std::uint8_t>(e.limit));
  detail::put(out, static_cast<std::uint8_t>(e.stdout_truncated));
  detail::put(out, static_cast<std::uint8_t>(e.stderr_truncated));
  detail::put(out, std::uint8_t{0});
  detail::put(out, e.error_number);
  detail::put(out, e.wall_us);
  detail::put(out, e.cpu_us);
  detail::put(out, e.peak_bytes);
  return out;
}

/// Throws ProtocolError on a wrong size or an unknown limit.
inline StepEnded decode_step_ended(std::string_view in) {
  if (in.size() != StepEnded::kSize) throw ProtocolError("STEP_ENDED of a wrong size");
  StepEnded e;
  e.exit_code = detail::get<std::int32_t>(in);
  e.signal = detail::get<std::int32_t>(in);
  const auto limit = detail::get<std::uint8_t>(in);
  if (limit > static_cast<std::uint8_t>(Limit::kSpawn)) throw ProtocolError("unknown limit");
  e.limit = static_cast<Limit>(limit);
  e.stdout_truncated = detail::get<std::uint8_t>(in) != 0;
  e.stderr_truncated = detail::get<std::uint8_t>(in) != 0;
  detail::get<std::uint8_t>(in);
  e.error_number = detail::get<std::int32_t>(in);
  e.wall_us = detail::get<std::uint64_t>(in);
  e.cpu_us = detail::get<std::uint64_t>(in);
  e.peak_bytes = detail::get<std::uint64_t>(in);
  return e;
}

/// Cuts a byte stream into frames. Holds at most one frame, in a buffer of fixed size.
///   parser.feed(bytes, [&](const Frame& frame) { ... });
/// feed() throws ProtocolError for an announced size over the limit or an unknown type, and
/// whatever `on_frame` throws; after that the parser must not be used again. Not thread-safe.
class FrameParser {
 public:
  FrameParser() { buffer_.reserve(kMaxFrame); }

  template <typename OnFrame>
  void feed(std::string_view bytes, OnFrame&& on_frame) {
    while (!bytes.empty()) {
      if (buffer_.empty() && bytes.size() >= kHeaderSize) {  // whole frames are not copied
        const std::size_t total = frame_size(bytes);
        if (bytes.size() >= total) {
          on_frame(frame_of(bytes.substr(0, total)));
          bytes.remove_prefix(total);
          continue;
        }
      }
      const std::size_t want = buffer_.size() < kHeaderSize ? kHeaderSize : frame_size(buffer_);
      const std::size_t take = std::min(bytes.size(), want - buffer_.size());
      buffer_.append(bytes.substr(0, take));
      bytes.remove_prefix(take);
      if (buffer_.size() >= kHeaderSize && buffer_.size() == frame_size(buffer_)) {
        on_frame(frame_of(buffer_));
        buffer_.clear();
      }
    }
  }

  /// True between frames: an end of the stream here cuts nothing off.
  bool at_boundary() const { return buffer_.empty(); }

 private:
  static std::size_t frame_size(std::string_view bytes) {
    auto header = bytes.substr(0, 4);
    const auto size = detail::get<std::uint32_t>(header);
    if (size > kMaxPayload) throw ProtocolError("frame over 64 KiB");
    return kHeaderSize + size;
  }

  static Frame frame_of(std::string_view bytes) {
    Frame frame;
    auto header = bytes.substr(4, kHeaderSize - 4);
    const auto type = detail::get<std::uint8_t>(header);
    const bool known = (type >= static_cast<std::uint8_t>(FrameType::kHello) &&
                        type <= static_cast<std::uint8_t>(FrameType::kCancel)) ||
                       (type >= static_cast<std::uint8_t>(FrameType::kReady) &&
                        type <= static_cast<std::uint8_t>(FrameType::kStdinTaken));
    if (!known) throw ProtocolError("unknown frame type");
    frame.type = static_cast<FrameType>(type);
    frame.flags = detail::get<std::uint8_t>(header);
    frame.step = detail::get<std::uint16_t>(header);
    frame.job = detail::get<std::uint32_t>(header);
    frame.payload = bytes.substr(kHeaderSize);
    return frame;
  }

  std::string buffer_;
};

}  // namespace runyard::protocol
