// The protocol around the API: sizes, media types, methods, slow clients, Nginx's own answers.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "core/unique_fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

const std::string kHello = submission("python", "print(1)");

/// A bare connection, for bytes that no client library would send.
class RawConnection final {
 public:
  RawConnection() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto url = test_url();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (!fd_ || ::connect(fd_.get(), generic, sizeof(address)) != 0)
      throw std::system_error(errno, std::generic_category(), "connect");
  }
  void send(const std::string& bytes) {
    if (::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 && errno != EPIPE &&
        errno != ECONNRESET)
      throw std::system_error(errno, std::generic_category(), "send");
  }
  /// Everything up to the end of the connection.
  std::string read_all() {
    std::string all;
    std::array<char, 4096> part{};
    for (;;) {
      const ssize_t got = ::recv(fd_.get(), part.data(), part.size(), 0);
      if (got <= 0) return all;
      all.append(part.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  UniqueFd fd_;
};

}  // namespace

TEST_CASE("a body over the limit is 413, with and without its length") {
  HttpClient client(test_url());
  const std::string large = submission("python", std::string(9 * 1024 * 1024, 'a'));
  for (const auto& headers :
       {HttpClient::Headers{}, HttpClient::Headers{"Transfer-Encoding: chunked"}}) {
    HttpClient fresh(test_url());
    const auto answer = fresh.post(kExecutions, large, headers);
    CHECK(answer.status == 413);
    CHECK(answer.header("content-type") == "application/problem+json");
  }
  CHECK(client.post(kExecutions, kHello).status == 202);
}

TEST_CASE("a body in chunks is as good as one with its length") {
  HttpClient client(test_url());
  CHECK(client.post(std::string(kExecutions) + "?wait=30", kHello, {"Transfer-Encoding: chunked"})
            .status == 200);
}

TEST_CASE("other media types and codings are 415") {
  HttpClient client(test_url());
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded",
                           "application/json; charset=latin1", "multipart/form-data; boundary=x"}) {
    const auto answer =
        client.send("POST", kExecutions, kHello, {std::string("Content-Type: ") + type});
    CHECK(answer.status == 415);
    CHECK(answer.header("content-type") == "application/problem+json");
  }
  CHECK(client.send("POST", kExecutions, kHello, {"Content-Type:"}).status == 415);
  // A bomb is not even unpacked.
  CHECK(client.post(kExecutions, std::string("\x1f\x8b\x08\x00", 4), {"Content-Encoding: gzip"})
            .status == 415);
  CHECK(client.post(kExecutions, "").status == 400);
}

TEST_CASE("other methods are 405 with those that are allowed, other paths 404") {
  HttpClient client(test_url());
  for (const char* method : {"PUT", "PATCH", "DELETE", "FOO"}) {
    const auto answer = client.send(method, kExecutions);
    CHECK(answer.status == 405);
    CHECK_THAT(answer.header("allow"), test::contains("POST"));
    CHECK(answer.header("content-type") == "application/problem+json");
  }
  for (const char* path :
       {"/api/v1/nothing", "/api/v1/executions/x/y/z", "/api/v2/executions", "/nothing",
        "/api/v1/executions/%2e%2e/languages", "/api/v1/executions/%zz"}) {
    const auto answer = client.get(path);
    INFO(path << " " << answer.body);
    CHECK((answer.status == 404 || answer.status == 400));
    CHECK(answer.header("content-type") == "application/problem+json");
  }
}

TEST_CASE("HEAD has the headers of GET and no body") {
  HttpClient client(test_url());
  const auto answer = client.send("HEAD", "/api/v1/health");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-length") == "15");
  CHECK(answer.body.empty());
}

TEST_CASE("headers over their limit are refused in JSON") {
  HttpClient client(test_url());
  const auto answer = client.get("/api/v1/health", {"X-Large: " + std::string(20'000, 'a')});
  CHECK(answer.status == 431);
  CHECK(answer.header("content-type") == "application/problem+json");
  CHECK(client.get("/api/v1/executions?project_id=" + std::string(20'000, 'a')).status == 414);
  CHECK(client.get("/api/v1/executions?project_id=" + std::string(300, 'a')).status == 422);
}

TEST_CASE("a client that is too slow with headers or body is cut off and nobody else waits") {
  RawConnection headers;
  headers.send("POST /api/v1/executions HTTP/1.1\r\nHost: localhost\r\n");
  RawConnection body;
  body.send(
      "POST /api/v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 100\r\n\r\n{");
  HttpClient client(test_url());
  CHECK(client.post(std::string(kExecutions) + "?wait=30", kHello).status == 200);
  // Both end by the server's own limits; the test's time limit is far above them.
  headers.read_all();
  const auto answer = body.read_all();
  if (!answer.empty()) CHECK_THAT(answer, test::contains("408"));
}

TEST_CASE("a client that leaves after sending loses nothing") {
  HttpClient client(test_url(), "127.0.0.1");
  const auto marker = "left-" + std::to_string(::getpid());
  const auto body = submission("python", "print(1)", "\"project_id\":\"" + marker + "\"");
  {
    RawConnection leaving;
    leaving.send(
        "POST /api/v1/executions?wait=30 HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  // Whether the server saw the end before the request is the network's matter; what it took in, it
  // runs.
  CHECK(client.post(std::string(kExecutions) + "?wait=30", kHello).status == 200);
  const auto list = client.get(std::string(kExecutions) + "?project_id=" + marker).json();
  for (const auto& execution : *list.find("executions")->array())
    CHECK(text_at(wait_for_end(client, text_at(execution, "execution_id")), "status") ==
          "COMPLETED");
}

TEST_CASE("what is no HTTP gets a refusal, not a hang") {
  for (const std::string bytes :
       {"\x16\x03\x01\x02\n\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /api/v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    RawConnection connection;
    connection.send(bytes);
    const auto answer = connection.read_all();
    INFO(bytes << " -> " << answer.substr(0, 100));
    for (const char* status : {" 500 ", " 502 ", " 503 ", " 504 "})
      CHECK(answer.find(status) == std::string::npos);
  }
}

TEST_CASE("what could be taken for two requests, or for another one, is refused as a whole") {
  const std::string start = "POST /api/v1/executions HTTP/1.1\r\nHost: localhost\r\n";
  const std::string hidden = "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const std::string& bytes :
       {start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
        start + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden,
        start + "Content-Length: 0\r\nContent-Length: 4\r\n\r\n" + hidden,
        start + "Content-Length: 0, 0\r\n\r\n" + hidden,
        start + "Content-Length: +0\r\n\r\n" + hidden,
        start + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
        start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + hidden,
        start + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
        start + "X-Folded: a\r\n Content-Length: 4\r\n\r\n" + hidden,
        start + "X-Bare: a\rContent-Length: 4\r\n\r\n" + hidden,
        start + "Host: evil.example\r\n\r\n" + hidden,
        start + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n" + hidden}) {
    RawConnection connection;
    connection.send(bytes);
    const auto answer = connection.read_all();
    INFO(bytes << " -> " << answer.substr(0, 100));
    CHECK(answer.rfind("HTTP/1.1 400 ", 0) == 0);
    CHECK(answer.find("HTTP/1.1", 1) == std::string::npos);
  }
}

TEST_CASE("the host of an absolute request line counts as well as the header") {
  for (const std::string bytes :
       {"GET http://evil.example/api/v1/executions HTTP/1.1\r\nHost: localhost\r\n",
        "GET http://localhost/api/v1/executions HTTP/1.1\r\nHost: evil.example\r\n",
        "GET http://evil.example/api/v1/live HTTP/1.1\r\nHost: localhost\r\n",
        "GET http://localhost/api/v1/live HTTP/1.1\r\nHost: evil.example\r\n"}) {
    RawConnection connection;
    connection.send(bytes + "Connection: close\r\n\r\n");
    const auto answer = connection.read_all();
    INFO(bytes << " -> " << answer.substr(0, 100));
    CHECK(answer.rfind("HTTP/1.1 421 ", 0) == 0);
  }
}

TEST_CASE("what a client names like a parameter of the web server's stays a header") {
  for (const char* name : {"RUNYARD_USER", "Runyard-User", "HTTP_RUNYARD_USER", "X-Runyard-User",
                           "Remote-User", "RUNYARD-USER"}) {
    HttpClient client(test_url());
    CHECK(client.get("/api/v1/auth/me", {name + std::string(": anna")}).status == 401);
  }
  // With an underscore it is no X-API-Key; as one it would be wrong.
  CHECK(HttpClient(test_url()).get("/api/v1/executions", {"X_API_KEY: ry_x"}).status == 200);
}
