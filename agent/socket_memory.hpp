#pragma once
// What waits in internet sockets. In cgroup v1 it counts towards no memory limit: 4,000 UDP sockets
// of one job held 700 MiB of the host's memory under a limit of 128 MiB. In v2 the kernel counts
// it.
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/posix.hpp"

namespace runyard::agent {

struct SocketMemory {
  std::uint64_t in_use = 0;  ///< TCP and UDP sockets of this sandbox
  std::uint64_t pages =
      0;  ///< of all TCP and UDP sockets of the host: the kernel has no figure of one sandbox
};

/// From /proc/net/sockstat and sockstat6.
SocketMemory socket_memory(std::string_view sockstat, std::string_view sockstat6);

/// Keeps both files open. Not thread-safe.
class SocketMeter final {
 public:
  SocketMeter();
  SocketMemory now() const;

 private:
  Fd sockstat_;
  Fd sockstat6_;
};

}  // namespace runyard::agent
