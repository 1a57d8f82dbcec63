#pragma once
// What a new account's fields must be.
#include <string>

#include "core/account.hpp"
#include "core/json.hpp"
#include "fcgi-app/object_reader.hpp"

namespace runyard {

struct Registration {
  std::string email;
  std::string username;
  std::string password;
  std::string full_name;
};

/// Reads {"email","username","password","full_name"}; mistakes go to `errors`.
Registration read_registration(const json::Value& body, BodyErrors& errors);

struct SignIn {
  std::string username;
  std::string password;
};

/// Reads {"username","password"}, and what OAuth2's password form adds to them.
SignIn read_sign_in(const json::Value& body, BodyErrors& errors);

}  // namespace runyard
