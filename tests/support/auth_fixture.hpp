#pragma once
// An Api with accounts, all in memory.
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "fcgi-app/api.hpp"
#include "fcgi-app/auth/auth_service.hpp"
#include "fcgi-app/auth/credentials_authenticator.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/memory_accounts.hpp"
#include "tests/support/requests.hpp"

namespace runyard::test {

struct AuthStack {
  explicit AuthStack(bool required = false, const AuthSettings& settings = {})
      : waiters(4),
        monitor(
            [](std::int64_t) {
              return Fleet{1, {"python", "cpp"}, 0};
            },
            100, std::chrono::hours(1)),
        keys(accounts),
        auth(accounts, keys, &tokens, settings),
        authenticator(required, &tokens, keys),
        api(context()) {
    quiet_log();
  }

  /// With a JSON body unless `headers` name another type.
  Response ask(const std::string& method, const std::string& path, const std::string& body = "",
               Headers headers = {}) {
    auto request = request_to(method, path, body, std::move(headers));
    request.remote_addr = address;
    request.user = vouched;
    return api.handle(request);
  }

  /// The headers of a new key of this owner.
  Headers key(const std::string& owner, std::vector<std::string> scopes) {
    const auto text = new_api_key();
    accounts.add_key({new_uuid7(), owner, "test", digest_of_key(text), std::move(scopes)}, 1000);
    return {{"x-api-key", text}};
  }
  Headers token(std::int64_t user_id) {
    return {{"authorization", "Bearer " + tokens.issue({user_id})}};
  }

  std::string address = "192.0.2.1";
  std::string vouched;  ///< RUNYARD_USER
  MemoryExecutions executions;
  MemoryAccounts accounts;
  LanguageCatalog catalog = small_catalog();
  Waiters waiters;
  FleetMonitor monitor;
  TokenSigner tokens{std::string(32, 's'), std::chrono::seconds(600)};
  KeyRing keys;
  AuthService auth;
  CredentialsAuthenticator authenticator;
  Api api;

 private:
  ApiContext context() {
    ApiContext made{authenticator, executions, catalog, monitor, waiters, {}};
    made.auth = &auth;
    return made;
  }
};

}  // namespace runyard::test
