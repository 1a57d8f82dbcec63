#pragma once
// The secret that tokens are signed with, in a file of its own.
#include <string>

namespace runyard {

constexpr std::size_t kMinSecretBytes = 32;

/// The secret in that file, without line ends behind it. A file that is missing is made, with 256
/// random bits and mode 0600; of several processes that do so at once, one wins and all read its
/// secret. Throws ConfigError for a file that cannot be read or made, that is no regular file, that
/// anybody but its owner may read or write, or whose secret is shorter than kMinSecretBytes.
std::string read_or_make_secret(const std::string& path);

}  // namespace runyard
