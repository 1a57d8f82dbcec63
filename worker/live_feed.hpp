#pragma once
// What an execution has said so far, as events for those who follow it.
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/live_store.hpp"

namespace runyard {

/// Events of one attempt, held from its beginning until they are published, so that whoever begins
/// to follow late gets all of them. What a program writes is bounded by its limits, and neighbours
/// are put together, so this is too. Thread-safe: one thread adds, one publishes.
class LiveFeed final {
 public:
  using Clock = std::chrono::steady_clock;

  /// `on_news` is called, without any lock, when there is something to publish.
  LiveFeed(std::string execution_id, int attempt, bool followed, std::function<void()> on_news);

  const std::string& execution_id() const { return execution_id_; }
  int attempt() const { return attempt_; }

  // Whoever runs it.

  /// A stage begins ("compile", "run").
  void stage(std::string_view name);
  /// A test has ended; `json` as events have it.
  void test(std::string json);
  /// Only whole UTF-8 characters become events: the begin of one waits for its end, or for
  /// end_output().
  void output(bool is_errors, std::string_view bytes);
  void end_output();
  /// The program has read something that was typed: what it says next is an answer, which leaves at
  /// once.
  void typed();

  /// From here on things may be said twice, in another sandbox; see rewind().
  void mark();
  /// Takes back what was said since the mark. False when somebody may have seen it.
  bool rewind();

  // Those who follow.

  void follow();
  bool followed() const;

  // The publisher.

  /// When there is something to publish next: at once what changes the state or fills a batch, and
  /// output as long as there was little of it lately; else a while after the last time. nullopt:
  /// nothing.
  std::optional<Clock::time_point> due() const;
  /// The oldest of it, kTakenBytes or a little more; the same events again until published() is
  /// called.
  LiveEvents take(Clock::time_point now);
  void published();
  /// Everything is published, or nothing is to be.
  bool done() const;
  /// What is left is due at once.
  void hurry();
  /// What is left is not published any more.
  void close();

  /// A batch of output leaves after this time, or when it has so many bytes. kBurst of them may
  /// leave at once after a pause: a terminal's echo must not hold up the answer.
  static constexpr std::chrono::milliseconds kBatchTime{50};
  static constexpr std::size_t kBatchBytes = 4096;
  static constexpr int kBurst = 4;
  static constexpr std::size_t kTakenBytes = 256 * 1024;

 private:
  struct Event {
    LiveEventKind kind;
    std::string data;
  };

  void add(LiveEventKind kind, std::string data);          // under mutex_
  void append(LiveEventKind kind, std::string_view text);  // under mutex_
  bool has_news() const;                                   // under mutex_
  template <typename Change>
  void change(const Change& apply);

  const std::string execution_id_;
  const int attempt_;
  const std::function<void()> on_news_;
  mutable std::mutex mutex_;
  bool followed_;             // under mutex_, as all below
  std::deque<Event> events_;  // not published yet; the first `taken_` of them are on their way
  std::size_t taken_ = 0;
  std::size_t bytes_ = 0;    // of the others
  std::int64_t number_ = 1;  // of the first event
  std::int64_t marked_ = 1;  // number of the first event since the mark
  std::string held_[2];      // begins of characters: of stdout, of stderr
  bool urgent_ = false;
  bool closed_ = false;
  Clock::time_point paced_{};  // when all that was taken would have left at one batch a time
};

}  // namespace runyard
