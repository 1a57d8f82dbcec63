// The gateway's door as the web server meets it: host and page count before any path.
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/strand.hpp>
#include <string>

#include "core/unique_fd.hpp"
#include "gateway/http_connection.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::gateway;

namespace {

/// Answers what reaches it with 200 and what it knows of the page.
class Door final : public Route {
 public:
  void handle(std::shared_ptr<Exchange> exchange) override {
    ++asked;
    HttpResponse response;
    response.body = "cors=" + exchange->request().access.cors_origin;
    response.close = true;
    exchange->respond(std::move(response));
  }
  void drain(std::function<void()> done) override { done(); }

  int asked = 0;
};

/// What one request is answered with.
std::string ask(Door& door, const AccessRules& rules, const std::string& headers,
                const std::string& path = "/api/v1/live", const std::string& method = "GET") {
  boost::asio::io_context io;
  HttpServices services;
  services.route = [&door](std::string_view asked) -> Route* {
    return asked == "/nothing" ? nullptr : &door;
  };
  services.access = rules;
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const UniqueFd mine(ends[0]);
  const std::string request = method + " " + path + " HTTP/1.1\r\n" + headers +
                              "X-Real-IP: 192.0.2.1\r\nConnection: close\r\n\r\n";
  REQUIRE(::send(mine.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
  boost::asio::generic::stream_protocol::socket socket(
      boost::asio::make_strand(io), boost::asio::local::stream_protocol(), ends[1]);
  serve_http(std::move(socket), services, nullptr);
  io.run();
  std::string answer;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::recv(mine.get(), part.data(), part.size(), 0)) > 0;)
    answer.append(part.data(), static_cast<std::size_t>(got));
  return answer;
}

bool is(const std::string& answer, const std::string& status) {
  return answer.rfind("HTTP/1.1 " + status + " ", 0) == 0;
}

}  // namespace

TEST_CASE("the gateway refuses foreign hosts and pages on every path, before its routes") {
  const AccessRules open;
  Door door;
  for (const char* path :
       {"/api/v1/live", "/socket.io/?EIO=4&transport=polling", "/health", "/ready", "/nothing"}) {
    for (const char* method : {"GET", "POST", "OPTIONS"}) {
      INFO(method << " " << path);
      const auto host = ask(door, open, "Host: evil.example:8080\r\n", path, method);
      CHECK(is(host, "421"));
      CHECK(host.find("evil.example:8080") != std::string::npos);
      CHECK(host.find("setting hosts") != std::string::npos);
      CHECK(is(ask(door, open, "Host: localhost\r\nX-Runyard-Host: evil.example\r\n", path, method),
               "421"));
      const auto page =
          ask(door, open, "Host: localhost\r\nOrigin: https://evil.example\r\n", path, method);
      CHECK(is(page, "403"));
      CHECK(page.find("setting allowed_origins") != std::string::npos);
      CHECK(page.find("Access-Control-Allow-Origin") == std::string::npos);
      // Also without an origin, as an image asks: a session would be opened all the same.
      CHECK(is(ask(door, open, "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", path, method),
               "403"));
      CHECK(is(ask(door, open,
                   "Host: localhost\r\nOrigin: https://evil.example\r\nX-API-Key: ry_x\r\n"
                   "Authorization: Bearer x\r\n",
                   path, method),
               "403"));
    }
  }
  CHECK(door.asked == 0);
}

TEST_CASE("the gateway lets own and named pages in, and knows which may read") {
  AccessRules rules;
  REQUIRE(allowed_origins_setting(rules).parse("https://friend.example").empty());
  Door door;
  for (const char* origin : {"http://localhost:8080", "https://friend.example"}) {
    INFO(origin);
    const auto answer =
        ask(door, rules, "Host: localhost:8080\r\nOrigin: " + std::string(origin) + "\r\n");
    CHECK(is(answer, "200"));
    CHECK(answer.find("cors=" + std::string(origin)) != std::string::npos);
  }
  const auto listed = ask(door, rules,
                          "Host: localhost:8080\r\nOrigin: https://listed.example\r\n"
                          "X-Runyard-Origin: https://listed.example\r\n");
  CHECK(is(listed, "200"));
  CHECK(is(ask(door, rules, "Host: localhost:8080\r\n"), "200"));
  CHECK(door.asked == 4);
}

TEST_CASE("the gateway lets everybody's pages in as nobody only") {
  AccessRules rules;
  REQUIRE(allowed_origins_setting(rules).parse("*").empty());
  Door door;
  const std::string page = "Host: localhost\r\nOrigin: https://anywhere.example\r\n";
  CHECK(ask(door, rules, page).find("cors=*") != std::string::npos);
  CHECK(is(ask(door, rules, page + "X-Runyard-User: anna\r\n"), "403"));
}
