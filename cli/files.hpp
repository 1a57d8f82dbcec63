#pragma once
// Reading and writing what the user names.
#include <cstddef>
#include <string>
#include <string_view>

namespace runyard::cli {

/// The other end of a pipe is closed.
struct PipeClosed {};

/// More than a server takes in one request: longer input is refused before it fills the memory.
inline constexpr std::size_t kMaxInputBytes = std::size_t{8} * 1024 * 1024;

/// Everything until the end. Throws Failure, which begins with `name`, beyond `limit` bytes and on
/// errors.
std::string read_all(int fd, std::size_t limit, const std::string& name);

/// A whole file, of at most kMaxInputBytes. Throws Failure (kFileMissing) when it is not there,
/// may not be read or is a folder.
std::string read_file(const std::string& path);

/// Opens /dev/null in the place of each standard stream that is closed: else the next file or
/// socket of ours would be taken for it.
void fill_standard_streams();

/// Throws PipeClosed, or WriteFailed that begins with `name`.
void write_all(int fd, std::string_view bytes, const std::string& name);

}  // namespace runyard::cli
