#include "cli/output_replay.hpp"

#include <algorithm>

namespace runyard::cli {

void OutputReplay::add(std::string_view bytes) {
  const auto known = std::string_view(written_).substr(at_, bytes.size());
  const auto same = static_cast<std::size_t>(
      std::mismatch(known.begin(), known.end(), bytes.begin()).first - known.begin());
  at_ += same;
  bytes.remove_prefix(same);
  if (bytes.empty()) return;
  if (at_ < written_.size()) {
    differed_ = true;
    written_.resize(at_);
  }
  written_ += bytes;
  at_ = written_.size();
  write_(bytes);
}

void OutputReplay::finish(std::string_view whole) {
  restart();
  add(whole);
}

}  // namespace runyard::cli
