#pragma once
// A program of a test's own that runs beside it, and what can happen to it.
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace runyard::test {

struct BackgroundOptions {
  std::map<std::string, std::string> environment;  ///< beside the test's own
  std::string log;                                 ///< file that its output is appended to
  int input = -1;                                  ///< its stdin; -1: none
  std::string user;                                ///< empty: the test's own
  int end_with_test = 9;                           ///< the signal that it gets when the test dies
};

/// Leads a process group of its own. It ends with this object.
class Background final {
 public:
  /// argv[0] is looked up in PATH. Throws std::system_error when it cannot be started.
  Background(const std::vector<std::string>& argv, const BackgroundOptions& options);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  pid_t pid() const { return pid_; }
  /// Not reaped and not ended yet.
  bool alive();
  /// To this process alone; nothing once it has ended.
  void signal(int number);
  /// Waits for its end: its exit code, or 128 and the signal's number; -1 when the time is up.
  int wait(std::chrono::milliseconds limit);

 private:
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = 0;
};

/// This process and all that descend from it, as /proc has them now.
std::vector<pid_t> family_of(pid_t pid);
/// To each of them.
void signal_all(const std::vector<pid_t>& pids, int number);
/// Children of a process that have ended and that it has not reaped.
int zombies_of(pid_t pid);

}  // namespace runyard::test
