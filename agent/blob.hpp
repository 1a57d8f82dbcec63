#pragma once
#include <cstddef>
#include <string_view>
#include <utility>

namespace runyard::agent {

/// The announced bytes of a job: files and stdin. They lie in shared memory, so that let_go() can
/// take them out of the agent's resident set and bring them back by use: the kernel starts a
/// child's memory peak at what its parent had resident, and a program must not be charged for what
/// the agent holds. Move-only.
class Blob final {
 public:
  Blob() = default;
  Blob(Blob&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)),
        dropped_(std::exchange(other.dropped_, 0)) {}
  Blob& operator=(Blob&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(dropped_, other.dropped_);
    return *this;
  }
  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;
  ~Blob();

  /// Makes room for exactly `capacity` bytes; to be called once, before append(). Throws
  /// std::bad_alloc.
  void reserve(std::size_t capacity);
  /// Throws std::length_error above the capacity.
  void append(std::string_view bytes);

  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_, size_}; }

  /// Frees the memory of this part, but for what shares a page with others; it is not to be read
  /// again. Only a system call.
  void drop(std::size_t offset, std::size_t size) const;
  /// What it takes of the sandbox's memory now.
  std::size_t held_bytes() const { return size_ - dropped_; }

  /// Gives the pages back until they are used again, and has the kernel forget the agent's own
  /// memory peak. Does nothing for a blob that is too small to matter.
  void let_go() const;

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  mutable std::size_t dropped_ = 0;
};

}  // namespace runyard::agent
