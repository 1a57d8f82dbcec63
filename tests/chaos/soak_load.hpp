#pragma once
// A little of everything that people do with a site, for as long as it takes.
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/http_receiver.hpp"

namespace runyard::soak {

struct LoadCounts {
  std::map<std::string, int> done;   ///< by kind of what was done
  std::map<std::string, int> wrong;  ///< likewise: another end than the expected one, or no answer
  std::string last_mistake;
};

/// Threads that each do one kind of thing again and again, at a pace that leaves the machine idle
/// half of the time.
class SoakLoad final {
 public:
  /// `port` of the site at 127.0.0.1. The languages python and cpp are there; webhooks may go to
  /// 127.0.0.80.
  explicit SoakLoad(std::string port);
  ~SoakLoad();
  SoakLoad(const SoakLoad&) = delete;
  SoakLoad& operator=(const SoakLoad&) = delete;

  LoadCounts counts() const;

 private:
  void again_and_again(const std::string& kind, int pause_ms, std::function<void()> once);
  /// `expected` is the reason of the result, or its status where there is none.
  void run_program(const std::string& owner, const std::string& submission,
                   const std::string& expected) const;
  void run_live() const;

  const std::string port_;
  test::HttpReceiver receiver_{nullptr, "127.0.0.80"};
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  LoadCounts counts_;  // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace runyard::soak
