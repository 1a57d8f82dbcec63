#include "agent/blob.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>
#include <stdexcept>

#include "agent/posix.hpp"

namespace runyard::agent {

Blob::~Blob() {
  if (data_ != nullptr) ::munmap(data_, capacity_);
}

void Blob::reserve(std::size_t capacity) {
  if (data_ != nullptr) throw std::logic_error("a blob is reserved once");
  if (capacity == 0) return;
  void* at = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<char*>(at);
  capacity_ = capacity;
}

void Blob::append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (bytes.size() > capacity_ - size_) throw std::length_error("blob over its size");
  std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void Blob::drop(std::size_t offset, std::size_t size) const {
  constexpr std::size_t kPage = 4096;
  const std::size_t from = (offset + kPage - 1) / kPage * kPage;
  const std::size_t to = (offset + size) / kPage * kPage;
  if (from < to && ::madvise(data_ + from, to - from, MADV_REMOVE) == 0) dropped_ += to - from;
}

void Blob::let_go() const {
  constexpr std::size_t kSmall = 256 * 1024;
  if (capacity_ < kSmall) return;
  ::madvise(data_, capacity_, MADV_DONTNEED);  // shared: the bytes stay
  const Fd fd(::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC));
  // proc(5): 5 resets the peak. Without it the figures of the next step are too high, never too
  // low.
  if (fd && ::write(fd.get(), "5", 1) < 0) return;
}

}  // namespace runyard::agent
