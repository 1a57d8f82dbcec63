#include "fcgi-app/auth/api_keys.hpp"

#include <algorithm>
#include <charconv>

#include "core/ids.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

constexpr std::string_view kPrefix = "ry_";
constexpr std::size_t kRandomBytes = 32;
constexpr std::string_view kAccountPrefix = "account:";

constexpr Scope kScopes[] = {Scope::kRead, Scope::kSubmit, Scope::kAuthor, Scope::kAccount};

}  // namespace

std::string new_api_key() { return std::string(kPrefix) + random_hex(kRandomBytes); }

bool is_api_key(std::string_view text) {
  return text.size() == kPrefix.size() + 2 * kRandomBytes &&
         text.substr(0, kPrefix.size()) == kPrefix &&
         text.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

std::string digest_of_key(std::string_view key) { return sha256_hex(key); }

const std::vector<std::string>& scope_names() {
  static const std::vector<std::string> names{"read", "submit", "author", "account"};
  return names;
}

Scopes scopes_from(const std::vector<std::string>& names) {
  auto scopes = Scopes::none();
  for (std::size_t i = 0; i < scope_names().size(); ++i)
    if (std::find(names.begin(), names.end(), scope_names()[i]) != names.end())
      scopes = scopes.with(kScopes[i]);
  return scopes;
}

std::vector<std::string> names_of(Scopes scopes) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < scope_names().size(); ++i)
    if (scopes.has(kScopes[i])) names.push_back(scope_names()[i]);
  return names;
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

std::optional<Caller> KeyRing::holder(const std::string& key) {
  if (!is_api_key(key)) return std::nullopt;
  const auto digest = digest_of_key(key);
  if (auto known = seen_.find(digest)) return *known;
  std::optional<Caller> caller;
  if (const auto found = accounts_.use_key(digest))
    caller = Caller{found->owner, account_of(found->owner), scopes_from(found->scopes)};
  seen_.put(digest, caller);
  return caller;
}

}  // namespace runyard
