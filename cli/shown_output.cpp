#include "cli/shown_output.hpp"

#include <unistd.h>

#include <utility>

#include "cli/files.hpp"

namespace runyard::cli {
namespace {

ShownOutput stream_of(int fd, const char* name, const std::string& escapes) {
  return {escapes, ::isatty(fd) == 1,
          [fd, name](std::string_view bytes) { write_all(fd, bytes, name); }};
}

}  // namespace

ShownOutput::ShownOutput(const std::string& escapes, bool is_terminal, Write write)
    : write_(std::move(write)), shows_(escapes == "show" || (escapes != "pass" && is_terminal)) {}

void ShownOutput::add(std::string_view bytes) {
  if (!shows_) return write_(bytes);
  write_(stream_.add(bytes));
  changed_ = changed_ || stream_.changed();
}

void ShownOutput::finish() {
  if (!shows_) return;
  write_(stream_.finish());
  changed_ = changed_ || stream_.changed();
  stream_ = {};
}

void ShownOutput::add_json(std::string_view json) {
  write_((shows_ ? printable_json(json) : std::string(json)) + '\n');
}

ShownOutput shown_stdout(const std::string& escapes) {
  return stream_of(STDOUT_FILENO, "stdout", escapes);
}

ShownOutput shown_stderr(const std::string& escapes) {
  return stream_of(STDERR_FILENO, "stderr", escapes);
}

}  // namespace runyard::cli
