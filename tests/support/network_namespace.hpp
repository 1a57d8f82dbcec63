#pragma once
// A network of a test's own, joined to the host by one cable that can be cut.
#include <string>
#include <vector>

namespace runyard::test {

/// Ends with this object; one that was left by a killed test ends with the next one's start. One of
/// them at a time in a process. Needs root, `ip` and `iptables`; throws std::runtime_error without.
class NetworkNamespace final {
 public:
  NetworkNamespace();
  ~NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  /// Words before a command that run it there.
  std::vector<std::string> prefix() const { return {"ip", "netns", "exec", name_}; }
  /// The host, as seen from there.
  std::string host_address() const;

  /// From now on packets vanish in both directions, and nobody is told.
  void cut();
  void mend();

 private:
  void filter(const std::string& change) const;

  const int number_;
  const std::string name_;
};

}  // namespace runyard::test
