#pragma once
// What the routes of signing in work with.
#include "fcgi-app/auth/api_keys.hpp"
#include "fcgi-app/auth/attempts.hpp"
#include "fcgi-app/auth/password.hpp"
#include "fcgi-app/auth/token.hpp"

namespace runyard {

struct AuthSettings {
  bool registration_open = true;
  int sign_in_attempts = 20;       ///< wrong passwords in ten minutes; 0: any number
  int registration_attempts = 20;  ///< in an hour; 0: any number
  int hashing_threads = 2;
};

/// Thread-safe. `tokens` is nullptr where nobody can sign in by a password.
struct AuthService {
  AuthService(Accounts& stored, KeyRing& ring, const TokenSigner* signer,
              const AuthSettings& settings)
      : accounts(stored),
        keys(ring),
        tokens(signer),
        registration_open(settings.registration_open),
        hasher(settings.hashing_threads, 4 * settings.hashing_threads),
        sign_ins(stored, "sign in", settings.sign_in_attempts, std::chrono::minutes(10)),
        registrations(stored, "register", settings.registration_attempts, std::chrono::hours(1)) {}

  Accounts& accounts;
  KeyRing& keys;
  const TokenSigner* const tokens;
  const bool registration_open;
  PasswordHasher hasher;
  AttemptLimit sign_ins;
  AttemptLimit registrations;
};

}  // namespace runyard
