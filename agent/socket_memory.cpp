#include "agent/socket_memory.hpp"

#include <fcntl.h>

#include "agent/cgroup.hpp"

namespace runyard::agent {
namespace {

/// The number after `word` in the line that begins with `protocol`, or 0.
std::uint64_t number(std::string_view text, std::string_view protocol, std::string_view word) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.substr(0, protocol.size()) != protocol) continue;
    for (auto at = line.find(' '); at != std::string_view::npos; at = line.find(' ', at + 1)) {
      const auto rest = line.substr(at + 1);
      if (rest.substr(0, word.size()) != word) continue;
      const auto value = rest.substr(std::min(rest.size(), word.size()));
      return counter(value.substr(0, value.find(' ')), "").value_or(0);
    }
  }
  return 0;
}

}  // namespace

SocketMemory socket_memory(std::string_view sockstat, std::string_view sockstat6) {
  SocketMemory memory;
  memory.in_use = number(sockstat, "TCP:", "inuse ") + number(sockstat, "UDP:", "inuse ") +
                  number(sockstat6, "TCP6:", "inuse ") + number(sockstat6, "UDP6:", "inuse ");
  memory.pages = number(sockstat, "TCP:", "mem ") + number(sockstat, "UDP:", "mem ");
  return memory;
}

SocketMeter::SocketMeter()
    : sockstat_(::open("/proc/net/sockstat", O_RDONLY | O_CLOEXEC)),
      sockstat6_(::open("/proc/net/sockstat6", O_RDONLY | O_CLOEXEC)) {}

SocketMemory SocketMeter::now() const {
  char four[1024];
  char six[1024];
  return socket_memory(sockstat_ ? reread(sockstat_.get(), four, sizeof four) : std::string_view(),
                       sockstat6_ ? reread(sockstat6_.get(), six, sizeof six) : std::string_view());
}

}  // namespace runyard::agent
