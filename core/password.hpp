#pragma once
// Hashes of passwords: the one door to libxcrypt.
#include <string>

namespace runyard {

constexpr std::size_t kMinPasswordBytes = 8;
constexpr std::size_t kMaxPasswordBytes = 1024;

/// A new hash of crypt(5), by yescrypt with a random salt at the library's default cost. The
/// password must not hold a NUL. Throws std::system_error when the library cannot.
std::string hash_password(const std::string& password);

/// True when `hash` is one of that password. Compares in constant time.
bool matches_password(const std::string& password, const std::string& hash);

}  // namespace runyard
