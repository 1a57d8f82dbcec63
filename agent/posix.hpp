#pragma once
// The few calls that every file here needs, over raw Linux: no streams, no locale, nothing that
// allocates much.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runyard::agent {

/// Owns one descriptor. Move-only.
class Fd final {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};

/// A pipe whose ends are CLOEXEC and blocking. Empty ends, and errno, when there is none.
Pipe make_pipe();

bool set_nonblocking(int fd);

/// Monotonic nanoseconds.
std::uint64_t now_ns();

/// The whole of a small (proc, sys) file, or nothing.
std::optional<std::string> read_file(const char* path);

/// The first `capacity` bytes of an open proc or sys file, read anew; empty on failure.
std::string_view reread(int fd, char* buffer, std::size_t capacity);

/// Number of entries of a folder besides "." and "..", or -1.
int count_entries(const char* path);

}  // namespace runyard::agent
