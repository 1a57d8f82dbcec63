#include "agent/reserve.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/protection.hpp"
#include "agent/protocol.hpp"

namespace runyard::agent {
namespace {

// What the kernel has counted is up to this much behind, on each CPU.
constexpr std::uint64_t kSlack = 1024 * 1024;

}  // namespace

Reserve::Reserve() : file_(::memfd_create("reserve", MFD_CLOEXEC)) {}

bool Reserve::hold(const Cgroup& cgroup) {
  // Without a cgroup there is no limit that a program could use up.
  if (kLocal || held_ > 0 || !enabled(Protection::kReserve)) return true;
  if (cgroup.free_bytes() < protocol::kReserveBytes + kSlack) return false;
  if (!file_ || ::fallocate(file_.get(), 0, 0, protocol::kReserveBytes) != 0) return false;
  held_ = protocol::kReserveBytes;
  return true;
}

void Reserve::release_if_tight(const Cgroup& cgroup) {
  if (held_ == 0 || cgroup.free_bytes() >= protocol::kReserveBytes) return;
  if (::ftruncate(file_.get(), 0) == 0) held_ = 0;
}

}  // namespace runyard::agent
