#pragma once
// A docker engine that belongs to one test, which may kill it: the machine's own may be somebody's.
#include <sys/types.h>

#include <string>
#include <vector>

namespace runyard::test {

/// Below `folder`, with runyard/python as its only image; `group` may use its socket. Ends with
/// this object, and nothing is left of it; with kKeepImage its image stays for the next test.
class PrivateEngine final {
 public:
  enum Afterwards { kNothingLeft, kKeepImage };

  /// Throws std::runtime_error when it does not answer within half a minute.
  PrivateEngine(const std::string& folder, const std::string& group,
                Afterwards afterwards = kNothingLeft);
  ~PrivateEngine();
  PrivateEngine(const PrivateEngine&) = delete;
  PrivateEngine& operator=(const PrivateEngine&) = delete;

  /// Value for DOCKER_HOST.
  std::string host() const { return "unix://" + folder_ + "/docker.sock"; }

  void kill();    ///< SIGKILL; its containerd dies with it, its containers live on
  void start();   ///< anew, and waits until it answers
  void freeze();  ///< SIGSTOP, with its containerd: it takes connections and says nothing
  void thaw();
  /// The processes that hold its containers.
  std::vector<pid_t> shims() const;

 private:
  void load_image() const;
  void unmount() const;
  void remove();

  const std::string folder_;
  const std::string group_;
  const Afterwards afterwards_;
  pid_t pid_ = -1;
};

}  // namespace runyard::test
