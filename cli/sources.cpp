#include "cli/sources.hpp"

#include <unistd.h>

#include <filesystem>

#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/language_choice.hpp"

namespace runyard::cli {
namespace {

namespace fs = std::filesystem;

/// `path` as seen from `folder`, both absolute.
std::string name_below(const fs::path& folder, const fs::path& path, const std::string& shown) {
  const auto name = path.lexically_relative(folder);
  if (name.empty() || *name.begin() == "..")
    throw Failure(shown + ": must lie in the folder of the first file, " + folder.string() +
                  ", or below it");
  return name.generic_string();
}

}  // namespace

std::vector<SourceFile> read_sources(const std::vector<std::string>& paths) {
  if (paths.size() == 1) {
    const auto& path = paths.front();
    if (path == "-") return {{"", read_all(STDIN_FILENO, kMaxInputBytes, "stdin")}};
    if (suffix_of(path).empty()) return {{"", read_file(path)}};
  }
  const auto folder = fs::absolute(paths.front()).lexically_normal().parent_path();
  std::vector<SourceFile> files;
  for (const auto& path : paths) {
    if (path == "-") throw Failure("-: standard input can only be the program alone");
    files.push_back(
        {name_below(folder, fs::absolute(path).lexically_normal(), path), read_file(path)});
  }
  return files;
}

std::string read_input(const std::string& option, bool taken) {
  std::string input;
  if (option == "-" && taken) throw Failure("--stdin -: standard input is the program already");
  if (!option.empty() && option != "-") {
    input = read_file(option);
    require_utf8(input, option);
    return input;
  }
  if (taken || (option.empty() && ::isatty(STDIN_FILENO))) return {};
  input = read_all(STDIN_FILENO, kMaxInputBytes, "stdin");
  require_utf8(input, "stdin");
  return input;
}

}  // namespace runyard::cli
