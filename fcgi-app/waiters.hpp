#pragma once
// Threads that wait for the end of an execution.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_map>

namespace runyard {

/// Wakes threads by the id of the execution that they wait for. A wake-up is a hint: the state may
/// have changed, so look. Thread-safe.
class Waiters final {
 public:
  using Clock = std::chrono::steady_clock;

  /// At most `places` threads wait at one time: the others must stay free to serve. One owner has
  /// at most half of them: with all, his long programs would keep everybody else from waiting.
  explicit Waiters(int places) : places_(places), places_per_owner_(std::max(1, places / 2)) {}
  Waiters(const Waiters&) = delete;
  Waiters& operator=(const Waiters&) = delete;

  /// One thread's registration for one execution, from construction to destruction. What is
  /// signalled between construction and wait_until() is not lost.
  class Place final {
   public:
    Place(Waiters& waiters, std::string id, std::string owner);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// False when all places, or all of the owner's, were taken or the program stops: do not wait.
    explicit operator bool() const { return registered_; }

    /// Sleeps until a signal, stop() or the deadline. False when it is not worth waiting again:
    /// stopped, or no place.
    bool wait_until(Clock::time_point deadline);

   private:
    friend class Waiters;
    Waiters& waiters_;
    const std::string id_;
    const std::string owner_;
    bool registered_ = false;
    bool signalled_ = false;  // under waiters_.mutex_
    std::condition_variable changed_;
  };

  /// The execution of that id has ended.
  void notify(const std::string& id);
  /// Signals may have been lost: everybody looks again.
  void notify_all();
  /// Ends every wait, now and from now on.
  void stop();
  /// How many wait.
  int waiting() const;

 private:
  static void signal(Place& place);

  const int places_;
  const int places_per_owner_;
  mutable std::mutex mutex_;
  std::unordered_multimap<std::string, Place*> waiting_;  // under mutex_
  std::unordered_map<std::string, int> of_owner_;         // under mutex_; nobody with 0
  bool stopped_ = false;                                  // under mutex_
};

}  // namespace runyard
