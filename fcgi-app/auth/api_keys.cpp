#include "fcgi-app/auth/api_keys.hpp"

#include <algorithm>

namespace runyard {
namespace {

constexpr Scope kScopes[] = {Scope::kRead, Scope::kSubmit, Scope::kAuthor, Scope::kAccount,
                             Scope::kPriority};

}  // namespace

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

std::optional<Caller> KeyRing::holder(const Token& token) {
  auto generation = users_.find(token.user_id);
  // One that is newer than what was seen: another was begun since.
  if (!generation || (*generation && **generation < token.generation)) {
    generation = accounts_.token_generation(token.user_id);
    users_.put(token.user_id, *generation);
  }
  if (!*generation || **generation != token.generation) return std::nullopt;
  return Caller{account_owner(token.user_id), token.user_id, Scopes::all()};
}

}  // namespace runyard
