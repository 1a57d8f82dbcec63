#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "agent/channel.hpp"
#include "agent/child.hpp"
#include "agent/files.hpp"
#include "agent/posix.hpp"
#include "agent/protection.hpp"

namespace runyard::agent {
namespace {

/// What the helper writes before each file's bytes and its name.
struct Entry {
  std::uint64_t size;
  std::uint32_t mode;
  std::uint32_t name_size;
};

int open_below(int folder, const std::string& name, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC |
                                         (enabled(Protection::kNoFollow) ? O_NOFOLLOW : 0));
  how.resolve = enabled(Protection::kNoFollow) ? RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS : 0;
  return static_cast<int>(::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how));
}

void write_bytes(int fd, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = ::write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) ::_exit(1);
    at += n;
    size -= static_cast<std::size_t>(n);
  }
}

/// In the helper: writes one file to the pipe when it is of the allowed kind and fits into
/// `budget`.
void offer(int box, const std::string& name, std::uint64_t& budget, int out) {
  // NONBLOCK: the open of a FIFO would wait for a writer.
  const Fd fd(open_below(box, name, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  // A second name may be one outside of /box that the job itself cannot read.
  if (status.st_nlink != 1 && enabled(Protection::kNoFollow)) return;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > budget) return;
  budget -= size;
  const Entry entry{size, status.st_mode & 0777u, static_cast<std::uint32_t>(name.size())};
  write_bytes(out, &entry, sizeof entry);
  write_bytes(out, name.data(), name.size());
  char buffer[32768];
  for (std::uint64_t left = size; left > 0;) {
    const ssize_t n = ::read(fd.get(), buffer, std::min<std::uint64_t>(left, sizeof buffer));
    if (n <= 0) ::_exit(1);
    write_bytes(out, buffer, static_cast<std::size_t>(n));
    left -= static_cast<std::uint64_t>(n);
  }
}

std::vector<std::string> names_that_match(int box, const std::string& pattern) {
  if (pattern.find('*') == std::string::npos) return {pattern};
  const auto slash = pattern.rfind('/');
  const std::string prefix = slash == std::string::npos ? "" : pattern.substr(0, slash + 1);
  const std::string last = pattern.substr(prefix.size());
  std::vector<std::string> names;
  const int folder =
      open_below(box, prefix.empty() ? "." : prefix.substr(0, slash), O_RDONLY | O_DIRECTORY);
  DIR* dir = folder < 0 ? nullptr : ::fdopendir(folder);
  if (dir == nullptr) return names;
  constexpr std::size_t kMost = 1024;
  while (const dirent* entry = ::readdir(dir))
    if (matches(last, entry->d_name) && names.size() < kMost)
      names.push_back(prefix + entry->d_name);
  ::closedir(dir);
  std::sort(names.begin(), names.end());
  return names;
}

[[noreturn]] void helper(const Step& step, uid_t uid, int out) {
  if (enabled(Protection::kNoFollow) && become(uid) != 0) ::_exit(1);
  const int box = ::open("/box", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (box < 0) ::_exit(1);
  std::uint64_t budget = step.collect_bytes;
  for (const auto& pattern : step.collect)
    for (const auto& name : names_that_match(box, pattern)) offer(box, name, budget, out);
  ::_exit(0);
}

bool read_bytes(int fd, void* data, std::size_t size, bool& end) {
  char* at = static_cast<char*>(data);
  end = false;
  for (std::size_t done = 0; done < size;) {
    const ssize_t n = ::read(fd, at + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0 && done == 0) end = true;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

/// Turns what the helper writes into frames. Believes none of its numbers.
bool forward(int in, const Job& job, std::uint16_t step, std::uint64_t budget, Channel& channel) {
  using protocol::FrameType;
  for (;;) {
    Entry entry{};
    bool end = false;
    if (!read_bytes(in, &entry, sizeof entry, end)) return end;
    if (entry.size > budget || entry.name_size == 0 || entry.name_size > 1024) return false;
    budget -= entry.size;
    std::string payload;
    protocol::detail::put(payload, entry.size);
    protocol::detail::put(payload, entry.mode);
    std::string name(entry.name_size, '\0');
    if (!read_bytes(in, name.data(), name.size(), end)) return false;
    if (!channel.out().has_room()) channel.flush();
    channel.out().add(FrameType::kArtifact, job.id, step, payload + name);
    for (std::uint64_t left = entry.size; left > 0;) {
      if (!channel.out().has_room()) channel.flush();
      const auto n = channel.out().add_from(in, left, left, FrameType::kArtifactData, job.id, step);
      if (n <= 0) return false;
      left -= static_cast<std::uint64_t>(n);
    }
  }
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const auto head = pattern.substr(0, star);
  const auto tail = pattern.substr(star + 1);
  if (head.empty() && !name.empty() && name.front() == '.') return false;
  return name.size() >= head.size() + tail.size() && name.substr(0, head.size()) == head &&
         name.substr(name.size() - tail.size()) == tail;
}

bool send_artifacts(const Job& job, std::uint16_t step, uid_t uid, Channel& channel) {
  const Step& what = job.steps[step];
  Pipe pipe = make_pipe();
  if (!pipe.read) return false;
  const pid_t pid = ::fork();
  if (pid < 0) return false;
  if (pid == 0) helper(what, uid, pipe.write.get());
  pipe.write.reset();
  const bool sent = forward(pipe.read.get(), job, step, what.collect_bytes, channel);
  pipe.read.reset();
  ::kill(pid, SIGKILL);  // it has ended, unless something broke
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return sent;
}

}  // namespace runyard::agent
