#include "agent/job.hpp"

#include <algorithm>

namespace runyard::agent {

std::size_t Job::needed_bytes() const {
  constexpr std::size_t kPage = 4096;
  constexpr std::size_t kLarge = 16 * kPage;
  constexpr std::size_t kInode = 2048;
  std::size_t total = blob_size();
  std::size_t largest = 0;
  for (const auto& file : files) {
    total += kInode + (file.size < kLarge ? (file.size + kPage - 1) / kPage * kPage : 2 * kPage);
    largest = std::max(largest, file.size);
  }
  return total + largest;
}

bool valid_name(std::string_view name) {
  constexpr std::size_t kMaxLength = 1024;
  constexpr std::size_t kMaxComponent = 255;
  constexpr int kMaxDepth = 32;
  if (name.empty() || name.size() > kMaxLength) return false;
  if (name.find('\0') != std::string_view::npos) return false;
  for (int depth = 1;; ++depth) {
    const auto slash = name.find('/');
    const auto part = name.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > kMaxComponent) return false;
    if (depth > kMaxDepth) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace runyard::agent
