#include "fcgi-app/auth/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/errors.hpp"
#include "core/ids.hpp"
#include "core/unique_fd.hpp"

namespace runyard {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw ConfigError("token_secret_file " + path + ": " + what);
}

std::string error_text() { return std::strerror(errno); }

/// Writes it under a name that nobody else has and links it to its own: whoever finds the file
/// finds it whole, and an earlier one stays.
void make_secret(const std::string& path) {
  const auto made = path + "." + random_hex(8);
  {
    const UniqueFd file(::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) fail(path, "cannot be made: " + error_text());
    const auto text = random_hex(32) + "\n";
    const bool written =
        ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file.get()) == 0;
    if (!written) {
      const auto why = error_text();
      ::unlink(made.c_str());
      fail(path, "cannot be written: " + why);
    }
  }
  const bool linked = ::link(made.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const auto why = error_text();
  ::unlink(made.c_str());
  if (!linked) fail(path, "cannot be made: " + why);
}

std::string read_secret(const std::string& path, const UniqueFd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(path, "cannot be read: " + error_text());
  if (!S_ISREG(status.st_mode)) fail(path, "is no regular file");
  if ((status.st_mode & 077) != 0)
    fail(path, "may be read or written by others than its owner: chmod 600 it");
  char buffer[4096];
  const auto size = ::read(file.get(), buffer, sizeof buffer);
  if (size < 0) fail(path, "cannot be read: " + error_text());
  std::string secret(buffer, static_cast<std::size_t>(size));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < kMinSecretBytes)
    fail(path, "holds " + std::to_string(secret.size()) + " bytes; a secret has at least " +
                   std::to_string(kMinSecretBytes));
  return secret;
}

}  // namespace

std::string read_or_make_secret(const std::string& path) {
  for (int tries = 0; tries < 2; ++tries) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file) return read_secret(path, file);
    if (errno != ENOENT) fail(path, "cannot be read: " + error_text());
    make_secret(path);
  }
  fail(path, "goes away as soon as it is made");
}

}  // namespace runyard
