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
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/channel.hpp"
#include "agent/child.hpp"
#include "agent/files.hpp"
#include "agent/posix.hpp"
#include "agent/protection.hpp"

namespace runyard::agent {
namespace {

using protocol::NotSent;

/// What the helper writes before each file's name and its bytes.
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

/// What the errno of an open says of the file.
NotSent why_not(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return NotSent::kMissing;
    case ELOOP:
    case EXDEV:
    case ENXIO:  // a socket
      return NotSent::kNotPlain;
    default:
      return NotSent::kUnreadable;
  }
}

/// Names that a job may have; what is told of others is cut.
constexpr std::size_t kMostToldName = 1024;

/// In the helper: writes files to the pipe, or why not.
class Sender final {
 public:
  Sender(int box, std::uint64_t budget, int out) : box_(box), budget_(budget), out_(out) {}

  /// `by_name`: it was asked for itself, so that its absence is worth a word.
  void offer(const std::string& name, bool by_name) {
    if (!offered_.insert(name).second) return;
    if (!valid_name(name) || !is_utf8(name)) return refuse(name, NotSent::kBadName, 0);
    // NONBLOCK: the open of a FIFO would wait for a writer.
    const Fd fd(open_below(box_, name, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    const int error = errno;
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
      if (by_name) refuse(name, why_not(error), 0);
      return;
    }
    // A second name may be one outside of /box that the job itself cannot read.
    if (!S_ISREG(status.st_mode) || (status.st_nlink != 1 && enabled(Protection::kNoFollow))) {
      if (by_name) refuse(name, NotSent::kNotPlain, 0);
      return;
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > budget_) return refuse(name, NotSent::kTooLarge, size);
    if (sent_ == protocol::kMaxArtifacts) {
      if (!std::exchange(told_many_, true)) refuse(name, NotSent::kTooMany, size);
      return;
    }
    ++sent_;
    budget_ -= size;
    begin(name, {size, status.st_mode & 0777u, 0});
    char buffer[32768];
    for (std::uint64_t left = size; left > 0;) {
      const ssize_t n = ::read(fd.get(), buffer, std::min<std::uint64_t>(left, sizeof buffer));
      if (n <= 0) ::_exit(1);
      write_bytes(out_, buffer, static_cast<std::size_t>(n));
      left -= static_cast<std::uint64_t>(n);
    }
  }

 private:
  void refuse(const std::string& name, NotSent why, std::uint64_t size) {
    if (refused_++ < protocol::kMaxArtifacts)
      begin(name, {size, protocol::kNotSent | static_cast<std::uint32_t>(why), 0});
  }
  void begin(const std::string& name, Entry entry) {
    // Of one that is too long, its start says enough.
    entry.name_size = static_cast<std::uint32_t>(std::min(name.size(), kMostToldName));
    write_bytes(out_, &entry, sizeof entry);
    write_bytes(out_, name.data(), entry.name_size);
  }

  const int box_;
  std::uint64_t budget_;
  const int out_;
  std::set<std::string> offered_;
  std::size_t sent_ = 0;
  std::size_t refused_ = 0;
  bool told_many_ = false;
};

/// Finds names by a pattern, bounded in what it reads of a tree that a job made.
class Search final {
 public:
  explicit Search(int box) : box_(box) {}

  std::vector<std::string> names(std::string_view pattern) {
    const bool everywhere = pattern.substr(0, 3) == "**/";
    if (everywhere) pattern.remove_prefix(3);
    const auto slash = pattern.rfind('/');
    const std::string folder(pattern.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
    look_into(folder, pattern.substr(folder.size()), everywhere ? kDepth : 0);
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  static constexpr int kDepth = 32;
  static constexpr std::size_t kMostEntries = 65536;
  static constexpr std::size_t kMostFound = 2 * protocol::kMaxArtifacts;
  // What the names found, and those of folders to look into, may take of a memory that may be full.
  static constexpr std::size_t kMostBytes = 1024 * 1024;

  /// `folder` is empty or ends with a slash.
  void look_into(const std::string& folder, std::string_view last, int depth) {
    const auto path = folder.empty() ? "." : folder.substr(0, folder.size() - 1);
    const int fd = open_below(box_, path, O_RDONLY | O_DIRECTORY);
    DIR* dir = fd < 0 ? nullptr : ::fdopendir(fd);
    if (dir == nullptr) return;
    std::vector<std::string> folders;
    while (const dirent* entry = ::readdir(dir)) {
      if (++entries_ > kMostEntries || found_.size() >= kMostFound || bytes_ > kMostBytes) break;
      const std::string name = entry->d_name;
      // Deeper than names may go, so that one that is too deep is found, and told.
      if (folder.size() > 2 * kMostToldName) continue;
      if (entry->d_type == DT_DIR) {
        if (depth == 0 || name.front() == '.') continue;
        folders.push_back(folder + name + "/");
        bytes_ += folders.back().size();
      } else if (matches(last, name)) {
        found_.push_back(folder + name);
        bytes_ += found_.back().size();
      }
    }
    ::closedir(dir);
    for (const auto& below : folders) look_into(below, last, depth - 1);
    for (const auto& below : folders) bytes_ -= std::min(bytes_, below.size());
  }

  const int box_;
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::string> found_;
};

[[noreturn]] void helper(const Step& step, uid_t uid, int out) {
  if (enabled(Protection::kNoFollow) && become(uid) != 0) ::_exit(1);
  const int box = ::open("/box", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (box < 0) ::_exit(1);
  Sender sender(box, step.collect_bytes, out);
  for (const auto& pattern : step.collect) {
    if (pattern.find('*') == std::string::npos) {
      sender.offer(pattern, true);
      continue;
    }
    for (const auto& name : Search(box).names(pattern)) sender.offer(name, false);
  }
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

/// There was no process to read them, but each that was asked for has its answer. False.
bool tell_unreadable(const Job& job, std::uint16_t step, Channel& channel) {
  for (const auto& name : job.steps[step].collect) {
    std::string payload;
    protocol::detail::put(payload, std::uint64_t{0});
    protocol::detail::put(payload,
                          protocol::kNotSent | static_cast<std::uint32_t>(NotSent::kUnreadable));
    if (!channel.out().has_room()) channel.flush();
    channel.out().add(protocol::FrameType::kArtifact, job.id, step, payload + name);
  }
  return false;
}

/// Turns what the helper writes into frames. Believes none of its numbers.
bool forward(int in, const Job& job, std::uint16_t step, std::uint64_t budget, Channel& channel) {
  using protocol::FrameType;
  for (;;) {
    Entry entry{};
    bool end = false;
    if (!read_bytes(in, &entry, sizeof entry, end)) return end;
    const bool refused = (entry.mode & protocol::kNotSent) != 0;
    if (entry.name_size == 0 || entry.name_size > 4096) return false;
    if (!refused && entry.size > budget) return false;
    if (!refused) budget -= entry.size;
    std::string payload;
    protocol::detail::put(payload, entry.size);
    protocol::detail::put(payload, entry.mode);
    std::string name(entry.name_size, '\0');
    if (!read_bytes(in, name.data(), name.size(), end)) return false;
    if (!channel.out().has_room()) channel.flush();
    channel.out().add(FrameType::kArtifact, job.id, step, payload + name);
    for (std::uint64_t left = refused ? 0 : entry.size; left > 0;) {
      if (!channel.out().has_room()) channel.flush();
      const auto n = channel.out().add_from(in, left, left, FrameType::kArtifactData, job.id, step);
      if (n <= 0) return false;
      left -= static_cast<std::uint64_t>(n);
    }
  }
}

}  // namespace

bool is_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = at(i);
    const std::size_t length = lead < 0x80                    ? 1
                               : lead >= 0xc2 && lead <= 0xdf ? 2
                               : lead >= 0xe0 && lead <= 0xef ? 3
                               : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                              : 0;
    if (length == 0) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((at(i + k) & 0xc0u) != 0x80) return false;
    const unsigned second = at(i + 1);
    // Longer than need be, surrogates, and beyond the last code point.
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      return false;
    i += length;
  }
  return true;
}

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
  if (pid < 0) return tell_unreadable(job, step, channel);
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
