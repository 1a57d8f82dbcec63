#pragma once
// What is typed into a running job, on its way to the sandbox.
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/live_store.hpp"
#include "core/unique_fd.hpp"
#include "worker/job.hpp"

namespace runyard {

/// Between whoever reads the input (one thread) and the sandbox's conversation (another), which
/// takes frames of it as the program reads. Thread-safe.
class JobInput final {
 public:
  /// `first` is typed before everything else. Signals and sizes are dropped where there is no
  /// terminal to have one.
  JobInput(std::string first, bool tty);

  /// Called, without any lock, after the program has taken something; not on the caller's thread.
  void on_taken(std::function<void()> call);

  // Whoever reads the input.

  /// Adds one piece. Ids below those that were added are ignored, and so is what is no input: a
  /// size that no terminal has, a signal without a name here, bytes behind the end.
  void add(const LiveInput& piece);
  /// The highest id that was added.
  std::int64_t last_id() const;
  /// Everything up to this id has reached the program, or never will: it may be forgotten.
  std::int64_t done_id() const;

  // The sandbox's conversation.

  /// Readable when there is something new, until acknowledged.
  int fd() const { return event_.get(); }
  void acknowledge();
  /// Appends the frames that may be sent now: signals and sizes at once, bytes as long as no more
  /// than protocol::kMaxOutstandingInput of them are outstanding.
  void put_frames(std::string& out, std::uint32_t job);
  /// STDIN_TAKEN came.
  void taken(std::uint64_t bytes);
  /// Bytes that were sent.
  std::uint64_t sent() const;
  /// Nothing was sent yet: the job may begin anew elsewhere.
  bool untouched() const;

 private:
  struct Mark {
    std::uint64_t end;  ///< of a piece, in bytes from the beginning
    std::int64_t id;
  };

  void wake();

  const bool tty_;
  UniqueFd event_;
  mutable std::mutex mutex_;
  std::function<void()> on_taken_;  // under mutex_, as all below
  std::deque<std::string> waiting_;
  std::size_t front_sent_ = 0;  // of the first that waits
  std::deque<Mark> marks_;      // of what is not taken yet
  std::uint64_t typed_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t taken_ = 0;
  std::int64_t last_id_ = 0;
  bool ended_ = false;
  bool end_sent_ = false;
  bool touched_ = false;
  std::optional<TtySize> size_;
  std::vector<std::uint8_t> signals_;
};

/// "120x40"; nullopt for anything else, or a size that no terminal has.
std::optional<TtySize> tty_size_from(std::string_view text);
/// 2 for "SIGINT"; nullopt for what is not to be sent to a program.
std::optional<std::uint8_t> signal_from(std::string_view name);

}  // namespace runyard
