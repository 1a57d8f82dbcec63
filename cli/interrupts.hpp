#pragma once
// Ctrl-C as something to wait for.
#include <chrono>

namespace runyard::cli {

/// From arm() to its end, the first SIGINT, SIGTERM or SIGHUP is only noted; a second one ends the
/// process at once with 128 and its number. Signals that were ignored before (nohup) stay so. One
/// at a time in a process.
class Interrupts final {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// From here on there is something to be ended in order.
  void arm();
  /// Readable as soon as a signal came that take() has not given yet.
  int fd() const;
  /// True once: when a signal came since the last call.
  bool take();
  /// The first signal that came, or 0.
  int signal() const;
  /// Waits that long; true as soon as take() would be.
  bool wait(std::chrono::milliseconds time) const;
};

/// Ends this process as the signal does, so that its parent sees why. Does not return.
[[noreturn]] void die_of(int signal);

}  // namespace runyard::cli
