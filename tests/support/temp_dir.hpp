#pragma once
// A folder for one test.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/ids.hpp"

namespace runyard::test {

/// Made at construction; removed with all that is in it at the end.
class TempDir final {
 public:
  TempDir() : path_(std::filesystem::temp_directory_path() / ("runyard-test-" + random_hex(8))) {
    std::filesystem::create_directories(path_);
  }
  ~TempDir() {
    std::error_code ignored;  // children of the test may still be writing
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

  void write(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    // Replaced at once, since another process may be reading it.
    std::ofstream(path.string() + ".new", std::ios::binary) << text;
    std::filesystem::rename(path.string() + ".new", path);
  }
  std::string read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace runyard::test
