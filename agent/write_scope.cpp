#include "agent/write_scope.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "agent/posix.hpp"
#include "agent/protection.hpp"

namespace runyard::agent {
namespace {

// Newer than the headers of Debian 12 in part, so by number: linux/landlock.h.
constexpr std::uint64_t kWriteFile = 1ull << 1;
constexpr std::uint64_t kRefer = 1ull << 13;  // else no file could move from one folder to another
constexpr long kFirstWithRefer = 2;

int ruleset = -1;  // set before the first job, constant after

bool allow(const char* folder) {
  const Fd fd(::open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return false;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = kWriteFile | kRefer;
  rule.parent_fd = fd.get();
  return ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0u) == 0;
}

}  // namespace

bool prepare_write_scope() {
  if (!enabled(Protection::kWriteScope)) return true;
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0},
                                 LANDLOCK_CREATE_RULESET_VERSION);
  if (version < kFirstWithRefer) return true;
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = kWriteFile | kRefer;
  ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0u));
  return ruleset >= 0 && allow("/box") && allow("/tmp") && allow("/dev");
}

int enter_write_scope() {
  if (ruleset < 0) return 0;
  return ::syscall(SYS_landlock_restrict_self, ruleset, 0u) == 0 ? 0 : errno;
}

}  // namespace runyard::agent
