#pragma once
// A docker engine that belongs to one test, which may kill it: the machine's own may be somebody's.
#include <sys/types.h>

#include <string>

namespace runyard::test {

/// Below `folder`, with runyard/python as its only image; `group` may use its socket. Ends with
/// this object, and nothing is left of it.
class PrivateEngine final {
 public:
  /// Throws std::runtime_error when it does not answer within half a minute.
  PrivateEngine(const std::string& folder, const std::string& group);
  ~PrivateEngine();
  PrivateEngine(const PrivateEngine&) = delete;
  PrivateEngine& operator=(const PrivateEngine&) = delete;

  /// Value for DOCKER_HOST.
  std::string host() const { return "unix://" + folder_ + "/docker.sock"; }

  void kill();   ///< SIGKILL; its containerd dies with it, its containers live on
  void start();  ///< anew, and waits until it answers

 private:
  void remove();

  const std::string folder_;
  const std::string group_;
  pid_t pid_ = -1;
};

}  // namespace runyard::test
