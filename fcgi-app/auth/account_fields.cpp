#include "fcgi-app/auth/account_fields.hpp"

#include "core/account.hpp"
#include "core/password.hpp"

namespace runyard {
namespace {

constexpr TextRule kName{kMaxUsernameBytes, false, false};
constexpr TextRule kEmail{kMaxEmailBytes, false, false};
constexpr TextRule kFullName{kMaxFullNameBytes};
constexpr TextRule kPassword{kMaxPasswordBytes, false, false};

void check_name(const std::string* name, const std::string& field, BodyErrors& errors) {
  if (!name) return;
  if (auto rule = name_rule(*name); !rule.empty()) errors.add(field, std::move(rule));
}

std::string value_of(const std::string* text) { return text ? *text : std::string(); }

}  // namespace

Registration read_registration(const json::Value& body, BodyErrors& errors) {
  ObjectReader reader(body, "", errors);
  const auto* email = reader.required_text("email", kEmail);
  if (email && !is_email(*email))
    errors.add("email", "must be an address such as name@example.com");
  const auto* username = reader.required_text("username", kName);
  check_name(username, "username", errors);
  const auto* password = reader.required_text("password", kPassword);
  if (password && password->size() < kMinPasswordBytes)
    errors.add("password", "must be at least " + std::to_string(kMinPasswordBytes) + " bytes long");
  const auto* full_name = reader.text("full_name", kFullName);
  check_name(full_name, "full_name", errors);
  reader.refuse_unknown();
  return {value_of(email), value_of(username), value_of(password), value_of(full_name)};
}

SignIn read_sign_in(const json::Value& body, BodyErrors& errors) {
  ObjectReader reader(body, "", errors);
  const auto* username = reader.required_text("username", kName);
  const auto* password = reader.required_text("password", kPassword);
  // RFC 6749 section 4.3.2; a client of the older interface sends some of them, empty or not.
  const auto* grant = reader.text("grant_type", {100});
  if (grant && !grant->empty() && *grant != "password")
    errors.add("grant_type", "must be \"password\"");
  for (const auto* name : {"scope", "client_id", "client_secret"}) reader.text(name, {1000});
  reader.refuse_unknown();
  return {value_of(username), value_of(password)};
}

}  // namespace runyard
