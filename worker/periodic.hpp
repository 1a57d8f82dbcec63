#pragma once
// A task that is done again and again on a thread of its own.
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/log.hpp"

namespace runyard {

/// Calls the task at once and then every `period` (from end to start) until it is destroyed. What
/// the task throws is logged, and it is tried again.
class Periodic final {
 public:
  Periodic(std::string name, std::chrono::milliseconds period, std::function<void()> task)
      : name_(std::move(name)),
        period_(period),
        task_(std::move(task)),
        thread_([this] { run(); }) {}

  ~Periodic() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  /// Not only at its time: soon, once for however many calls. From any thread.
  void soon() {
    {
      const std::lock_guard lock(mutex_);
      soon_ = true;
    }
    changed_.notify_all();
  }

  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void run() {
    std::unique_lock lock(mutex_);
    do {
      soon_ = false;
      lock.unlock();
      try {
        task_();
      } catch (const std::exception& e) {
        log::warn("periodic task failed", {{"task", name_}, {"error", e.what()}});
      }
      lock.lock();
      changed_.wait_for(lock, period_, [this] { return stop_ || soon_; });
    } while (!stop_);
  }

  const std::string name_;
  const std::chrono::milliseconds period_;
  const std::function<void()> task_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;  // under mutex_
  bool soon_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace runyard
