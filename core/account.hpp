#pragma once
// What accounts and API keys look like, whoever makes them: the API or the operator.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runyard {

constexpr std::size_t kMaxUsernameBytes = 100;
constexpr std::size_t kMaxEmailBytes = 254;
constexpr std::size_t kMaxFullNameBytes = 200;
constexpr std::size_t kMaxKeyNameBytes = 100;
constexpr int kMaxKeysOfOwner = 100;

/// The rule that a user's name or full name breaks in what people could not tell apart or not type;
/// "" when it keeps it.
std::string name_rule(std::string_view name);
/// One address: LOCAL@DOMAIN, without spaces and control characters, with a dot in the domain.
bool is_email(std::string_view text);

/// The owner of what account `id` makes, and back (nullopt for other kinds of owners).
std::string account_owner(std::int64_t id);
std::optional<std::int64_t> account_of(std::string_view owner);

/// "ry_" and 256 random bits in hexadecimal.
std::string new_api_key();
/// True for what new_api_key may have made.
bool is_api_key(std::string_view text);
/// What is stored of a key.
std::string digest_of_key(std::string_view key);
/// "read", "submit", "author", "account".
const std::vector<std::string>& scope_names();

}  // namespace runyard
