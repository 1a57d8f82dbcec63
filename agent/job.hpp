#pragma once
// What the agent is asked to do, as protocol.hpp describes it, after every check that needs no
// sandbox.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/blob.hpp"

namespace runyard::agent {

struct FileSpec {
  std::string name;  ///< relative to /box; see valid_name()
  std::size_t size = 0;
  std::uint32_t mode = 0644;
};

struct Step {
  bool compile = false;
  std::vector<std::string> argv;  ///< at least one
  std::vector<std::string> env;   ///< NAME=value
  std::size_t stdin_size = 0;
  bool interactive = false;  ///< stdin comes as STDIN frames instead
  std::uint64_t wall_ms = 0;
  std::uint64_t cpu_ms = 0;  ///< 0: no limit of its own
  std::uint64_t output_bytes = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t processes = 0;
  std::uint64_t address_space_bytes = 0;  ///< 0: no limit of its own
  std::vector<std::string> collect;       ///< names, `*` allowed in the last component
  std::uint64_t collect_bytes = 0;
};

struct TtySize {
  std::uint16_t cols = 80;
  std::uint16_t rows = 24;
};

struct Job {
  std::uint32_t id = 0;
  std::vector<FileSpec> files;
  std::vector<Step> steps;
  bool live = false;
  std::optional<TtySize> tty;
  Blob blob;  ///< the files' contents in order, then each step's stdin in order
  /// There was no memory to hold the blob: it was read and thrown away.
  bool too_large = false;

  /// Bytes that `files` and `steps` announce.
  std::size_t blob_size() const {
    std::size_t total = files_size();
    for (const auto& step : steps) total += step.stdin_size;
    return total;
  }

  std::size_t files_size() const {
    std::size_t total = 0;
    for (const auto& file : files) total += file.size;
    return total;
  }

  /// Memory of the sandbox that it takes until the first step starts, at most: what is announced,
  /// and the files on a file system, of which a large one is there twice only while it is written.
  std::size_t needed_bytes() const;

  bool compiles() const {
    for (const auto& step : steps)
      if (step.compile) return true;
    return false;
  }

  std::string_view stdin_bytes(std::size_t step) const {
    std::size_t offset = files_size();
    for (std::size_t i = 0; i < step; ++i) offset += steps[i].stdin_size;
    return blob.view().substr(offset, steps[step].stdin_size);
  }
};

/// A relative path that cannot leave its folder by name: components of 1 to 255 bytes, none of them
/// "." or "..", at most 32 of them and 1024 bytes, no NUL.
bool valid_name(std::string_view name);

}  // namespace runyard::agent
