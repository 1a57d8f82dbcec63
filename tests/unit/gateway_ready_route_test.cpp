#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "core/unique_fd.hpp"
#include "gateway/api_client.hpp"
#include "gateway/ready_route.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::gateway;
using runyard::test::TempDir;
using namespace std::chrono_literals;

namespace {

UniqueFd listen_at(const std::string& path) {
  UniqueFd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  REQUIRE(::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(listening.get(), 4) == 0);
  return listening;
}

/// A record of FastCGI, of the connection's one request.
std::string record(char type, const std::string& content) {
  return std::string{1, type, 0, 1, 0, static_cast<char>(content.size()), 0, 0} + content;
}

/// What a client would be told.
class Told final : public Exchange {
 public:
  explicit Told(std::vector<HttpResponse>& responses) : responses_(responses) {
    request_.caller.address = "127.0.0.1";
  }
  const HttpRequest& request() const override { return request_; }
  void respond(HttpResponse response) override { responses_.push_back(std::move(response)); }
  void accept(
      std::size_t,
      std::function<std::shared_ptr<WebSocketListener>(std::shared_ptr<WebSocket>)>) override {}
  void on_gone(std::function<void()>) override {}

 private:
  HttpRequest request_;
  std::vector<HttpResponse>& responses_;
};

struct Bench {
  explicit Bench(const std::string& socket, bool database = true,
                 std::chrono::milliseconds patience = 50ms)
      : api(io, options(socket)),
        route(
            io, api, [database] { return database; }, patience) {}

  static ApiClient::Options options(const std::string& socket) {
    ApiClient::Options made;
    made.address = parse_api_address(socket).value();
    return made;
  }
  /// The one answer.
  HttpResponse ask() {
    route.handle(std::make_shared<Told>(responses));
    io.run();
    REQUIRE(responses.size() == 1);
    return responses[0];
  }

  boost::asio::io_context io;
  ApiClient api;
  std::vector<HttpResponse> responses;
  ReadyRoute route;
};

}  // namespace

TEST_CASE("a gateway without its database is not ready") {
  const auto answer = Bench("/nowhere/api.sock", false).ask();
  CHECK(answer.status == 503);
  CHECK(answer.body.find("the database is away") != std::string::npos);
}

TEST_CASE("a gateway without the API is not ready") {
  const auto answer = Bench("/nowhere/api.sock").ask();
  CHECK(answer.status == 503);
  CHECK(answer.body.find("the API does not answer") != std::string::npos);
}

TEST_CASE("an API that takes the question and says nothing is not waited for") {
  const TempDir folder;
  const auto path = (folder.path() / "api.sock").string();
  const auto listening = listen_at(path);
  Bench bench(path);
  bench.route.handle(std::make_shared<Told>(bench.responses));
  while (bench.responses.empty()) bench.io.run_one();  // not until the API's client gives up
  CHECK(bench.responses[0].status == 503);
  const UniqueFd asked(::accept(listening.get(), nullptr, nullptr));
  pollfd ended{asked.get(), POLLRDHUP, 0};
  CHECK(::poll(&ended, 1, 0) == 0);
}

TEST_CASE("a gateway is as ready as the API says that it lives") {
  const TempDir folder;
  const auto path = (folder.path() / "api.sock").string();
  const auto listening = listen_at(path);
  const std::string status = GENERATE("200", "500", "503");
  std::thread api([&] {
    const UniqueFd asked(::accept(listening.get(), nullptr, nullptr));
    char request[4096];
    ::recv(asked.get(), request, sizeof request, 0);
    const auto answer = record(6, "Status: " + status + "\r\n\r\n") + record(6, "") +
                        record(3, std::string(8, '\0'));
    ::send(asked.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  });
  Bench bench(path, true, 30s);
  const auto answer = bench.ask();
  api.join();
  CHECK(answer.status == (status == "200" ? 200 : 503));
}
