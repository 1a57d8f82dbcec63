#include "core/account.hpp"

#include <algorithm>
#include <charconv>

#include "core/ids.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

constexpr std::string_view kPrefix = "ry_";
constexpr std::size_t kRandomBytes = 32;
constexpr std::string_view kAccountPrefix = "account:";

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::string name_rule(std::string_view name) {
  if (has_control(name)) return "must not hold control characters";
  if (trim(name) != name) return "must not begin or end with a space";
  return {};
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const auto domain = text.substr(at + 1);
  return domain.find('@') == std::string_view::npos && text.find(' ') == std::string_view::npos &&
         !has_control(text) && domain.find('.') != std::string_view::npos &&
         domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos;
}

std::string account_owner(std::int64_t id) {
  return std::string(kAccountPrefix) + std::to_string(id);
}

std::optional<std::int64_t> account_of(std::string_view owner) {
  if (owner.substr(0, kAccountPrefix.size()) != kAccountPrefix) return std::nullopt;
  owner.remove_prefix(kAccountPrefix.size());
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(owner.data(), owner.data() + owner.size(), id);
  if (error != std::errc() || end != owner.data() + owner.size()) return std::nullopt;
  return id;
}

std::string new_api_key() { return std::string(kPrefix) + random_hex(kRandomBytes); }

bool is_api_key(std::string_view text) {
  return text.size() == kPrefix.size() + 2 * kRandomBytes &&
         text.substr(0, kPrefix.size()) == kPrefix &&
         text.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

std::string digest_of_key(std::string_view key) { return sha256_hex(key); }

const std::vector<std::string>& scope_names() {
  static const std::vector<std::string> names{"read", "submit", "author", "account", "priority"};
  return names;
}

}  // namespace runyard
