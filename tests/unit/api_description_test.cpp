// openapi.yaml and the router know the same routes. What the answers look like, tests/contract
// holds against the file on a running stack.
#include <algorithm>
#include <fstream>
#include <set>

#include "fcgi-app/api.hpp"
#include "fcgi-app/auth/auth_service.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/memory_accounts.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/requests.hpp"

using namespace runyard;

namespace {

/// Routes that the file leaves out on purpose.
bool is_left_out(const std::string& route) {
  // The same as below /api/v1, which the file says.
  for (const char* same : {"GET /health", "GET /ready", "GET /metrics"})
    if (route == same) return true;
  return false;
}

std::set<std::string> routes_of_server() {
  test::quiet_log();
  test::MemoryExecutions executions;
  const auto catalog = test::small_catalog();
  Waiters waiters(1);
  const FleetMonitor monitor(
      [](std::int64_t) {
        return Fleet{1, {"python"}, 0};
      },
      100, std::chrono::hours(1));
  AnonymousAuthenticator authenticator;
  test::MemoryAccounts accounts;
  KeyRing keys(accounts);
  AuthService auth(accounts, keys, nullptr, {});
  ApiContext context{authenticator, executions, catalog, monitor, waiters, {}};
  context.auth = &auth;  // without the older interfaces, which the file does not describe
  const Api api(context);
  std::set<std::string> routes;
  for (const auto& route : api.routes())
    if (!is_left_out(route)) routes.insert(route);
  return routes;
}

/// "  /path:" and below it "    get:", as the file is laid out.
std::set<std::string> routes_of_file() {
  std::ifstream file(test::source_path("fcgi-app/openapi.yaml"));
  std::set<std::string> routes;
  std::string path;
  for (std::string line; std::getline(file, line);) {
    if (line == "components:") break;
    if (line.substr(0, 3) == "  /") path = "/api/v1" + line.substr(2, line.size() - 3);
    for (const char* method : {"get", "put", "post", "patch", "delete"}) {
      if (line != "    " + std::string(method) + ":") continue;
      std::string name = method;
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      routes.insert(name + " " + path);
    }
  }
  return routes;
}

}  // namespace

TEST_CASE("the description has exactly the routes of the server") {
  const auto described = routes_of_file();
  CHECK(described.size() > 9);
  CHECK(routes_of_server() == described);
}
