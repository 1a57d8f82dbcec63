#pragma once
// Waiting for something that another thread or process does.
#include <chrono>
#include <functional>
#include <thread>

namespace runyard::test {

/// True as soon as `condition` is; false when the time is up.
inline bool await(const std::function<bool()>& condition,
                  std::chrono::milliseconds limit = std::chrono::seconds(30),
                  std::chrono::milliseconds pause = std::chrono::milliseconds(2)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return condition();
    std::this_thread::sleep_for(pause);
  }
  return true;
}

}  // namespace runyard::test
