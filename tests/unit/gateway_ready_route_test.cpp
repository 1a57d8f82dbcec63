#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

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
  explicit Bench(const std::string& socket, bool database = true)
      : api(io, options(socket)),
        route(
            io, api, [database] { return database; }, 50ms) {}

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
  const UniqueFd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  REQUIRE(::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(listening.get(), 4) == 0);
  Bench bench(path);
  bench.route.handle(std::make_shared<Told>(bench.responses));
  while (bench.responses.empty()) bench.io.run_one();  // not until the API's client gives up
  CHECK(bench.responses[0].status == 503);
}
