#include "fcgi-app/auth/attempts.hpp"

#include <algorithm>

#include "core/network.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

/// Names are compared without the case of ASCII letters, so they are counted so.
std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace

std::string AttemptLimit::subject(const char* kind, const std::string& value) const {
  return sha256_hex(action_ + '\n' + kind + '\n' + value);
}

std::string AttemptLimit::pair(const std::string& address, const std::string& user) const {
  return subject("user and address", network_of(address) + '\n' + lower(user));
}

std::optional<std::chrono::seconds> AttemptLimit::count(const std::string& subject, int limit) {
  if (limit == 0) return std::nullopt;
  return accounts_.count_attempt(subject, limit, window_);
}

std::optional<std::chrono::seconds> AttemptLimit::count_address(const std::string& address) {
  if (is_loopback(address)) return std::nullopt;
  return count(subject("address", network_of(address)), limit_);
}

std::optional<std::chrono::seconds> AttemptLimit::count_name(const std::string& name) {
  return count(subject("name", lower(name)), limit_);
}

std::optional<std::chrono::seconds> AttemptLimit::count_user(const std::string& address,
                                                             const std::string& user) {
  // What is refused here must not count for the user, or one network could use him up after all.
  if (const auto wait = count(pair(address, user), limit_)) return wait;
  return count(subject("name", lower(user)), kFromEverywhere * limit_);
}

void AttemptLimit::forgive(const std::string& address, const std::string& user) {
  if (limit_ == 0) return;
  if (!is_loopback(address)) accounts_.forgive_attempt(subject("address", network_of(address)));
  accounts_.forgive_attempt(pair(address, user));
  accounts_.forgive_attempt(subject("name", lower(user)));
}

}  // namespace runyard
