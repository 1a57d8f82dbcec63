#pragma once
// How much memory slow clients may make the gateway keep, all together.
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <utility>

namespace runyard::gateway {

/// Bytes that are kept since a client sends or takes them slowly. Each client may keep kFree
/// uncounted. Beyond `limit` the one is given up that has kept more than that for the longest
/// time: who keeps up keeps nothing for long, and so cannot be pushed out by those who do not.
/// Thread-safe.
class Backlog final {
 public:
  static constexpr std::size_t kFree = 64u << 10;

  explicit Backlog(std::size_t limit) : limit_(limit) {}
  Backlog(const Backlog&) = delete;
  Backlog& operator=(const Backlog&) = delete;

  /// What one client keeps; nothing at first. Used by one thread at a time. The Backlog outlives
  /// it.
  class Part final {
   public:
    /// `give_up` may be called on any thread, also within set() of another client, and once; it
    /// must only pass it on, and hold nothing that is alive because of it.
    Part(Backlog& backlog, std::function<void()> give_up)
        : backlog_(backlog), give_up_(std::move(give_up)) {}
    ~Part() { set(0); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    void set(std::size_t bytes);

   private:
    friend class Backlog;
    Backlog& backlog_;
    const std::function<void()> give_up_;
    std::size_t counted_ = 0;  ///< the thread's own: beyond kFree
    // Under backlog_.mutex_.
    std::size_t bytes_ = 0;
    bool listed_ = false;
    bool given_up_ = false;
    std::list<Part*>::iterator place_;
  };

  /// Counted now, without those that were given up.
  std::size_t bytes() const;

 private:
  void change(Part& part, std::size_t bytes);

  const std::size_t limit_;
  mutable std::mutex mutex_;
  // All under mutex_.
  std::size_t bytes_ = 0;
  std::list<Part*> oldest_first_;  ///< those that keep something and were not given up
};

}  // namespace runyard::gateway
