#pragma once
// How much memory large answers may take at one time, in one process.
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>

#include "core/errors.hpp"

namespace runyard {

/// So much is being read and written already that one more would not fit: nothing was done.
class AnswersFull : public DatabaseUnavailable {
 public:
  AnswersFull() : DatabaseUnavailable("too many large answers are under way; try again") {}
};

struct AnswerRoomOptions {
  /// Of all answers together.
  std::size_t bytes = std::size_t{128} * 1024 * 1024;
  /// So many threads may wait for others' answers to go; the rest must stay free to serve.
  int most_waiting = 16;
  std::chrono::milliseconds patience{2000};
};

/// Bytes that answers are made from, are made of and lie in until their client has taken them.
/// Who comes first is served first. Thread-safe; outlives its places.
class AnswerRoom final {
 public:
  /// A part of the room, given back at its end.
  class Place final {
   public:
    Place(AnswerRoom& room, std::size_t bytes) : room_(room), bytes_(bytes) {}
    ~Place() { room_.give_back(bytes_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    std::size_t bytes() const { return bytes_; }
    /// Gives back what is more than that.
    void shrink(std::size_t bytes);

   private:
    AnswerRoom& room_;
    std::size_t bytes_;
  };

  explicit AnswerRoom(AnswerRoomOptions options = {}) : options_(options) {}
  AnswerRoom(const AnswerRoom&) = delete;
  AnswerRoom& operator=(const AnswerRoom&) = delete;

  /// Waits for it. What is larger than the room gets all of it. Throws AnswersFull when the time is
  /// up or too many wait.
  std::shared_ptr<Place> take(std::size_t bytes);
  /// nullptr when it is not free now.
  std::shared_ptr<Place> try_take(std::size_t bytes);

  std::size_t taken() const;
  /// Threads that wait.
  std::size_t waiting() const;

 private:
  bool fits(std::size_t bytes) const { return taken_ + bytes <= options_.bytes; }
  void give_back(std::size_t bytes);

  const AnswerRoomOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t taken_ = 0;   // under mutex_
  std::list<int> waiting_;  // under mutex_; one for each who waits, in their order
};

/// What one request holds of a room, on the thread that serves it. There is one scope a request,
/// none on threads that serve none.
class AnswerScope final {
 public:
  AnswerScope();
  ~AnswerScope();
  AnswerScope(const AnswerScope&) = delete;
  AnswerScope& operator=(const AnswerScope&) = delete;

  /// Before so many bytes are read or made for this thread's request; nothing without a scope or a
  /// room. A request holds the largest that it needed, not the sum: what came of one is gone when
  /// the next is read. May throw AnswersFull.
  static void need(AnswerRoom* room, std::size_t bytes);

  /// What is held, for as long as the answer lives.
  std::shared_ptr<AnswerRoom::Place> release() { return std::move(place_); }

 private:
  std::shared_ptr<AnswerRoom::Place> place_;
};

/// Memory that reading a stored value of so many bytes takes: what PostgreSQL's client holds of it,
/// what is made of that, and the answer.
constexpr std::size_t memory_to_read(std::size_t bytes) { return 4 * bytes; }

}  // namespace runyard
