#include "worker/container_scope.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace runyard {
namespace {

UniqueFd open_lock(const std::filesystem::path& folder, int number) {
  const auto path = folder / ("worker-" + std::to_string(number) + ".lock");
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) throw std::system_error(errno, std::generic_category(), "open " + path.string());
  return fd;
}

bool try_lock(const UniqueFd& fd) { return ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0; }

}  // namespace

ContainerScope::ContainerScope(const std::filesystem::path& folder) : folder_(folder) {
  std::filesystem::create_directories(folder);
  for (int number = 0; number < kWorkersPerHost; ++number) {
    auto fd = open_lock(folder, number);
    if (!try_lock(fd)) continue;
    number_ = number;
    lock_ = std::move(fd);
    return;
  }
  throw std::runtime_error("all " + std::to_string(kWorkersPerHost) + " worker numbers of " +
                           folder.string() + " are taken");
}

void ContainerScope::sweep_abandoned(
    const std::function<void(const std::string& label)>& sweep) const {
  sweep(label());
  for (int number = 0; number < kWorkersPerHost; ++number) {
    if (number == number_) continue;
    if (!std::filesystem::exists(folder_ / ("worker-" + std::to_string(number) + ".lock")))
      continue;
    const auto lock = open_lock(folder_, number);
    if (try_lock(lock)) sweep(label_of(number));
  }
}

std::uint32_t ContainerScope::uid_base(int index) const {
  const int slot = number_ * kSandboxesPerWorker + index;
  return kFirstUid + static_cast<std::uint32_t>(slot) * kUidsPerSandbox;
}

}  // namespace runyard
