#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "core/unique_fd.hpp"
#include "gateway/api_client.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::gateway;

namespace {

/// Takes connections and says nothing on them.
class SilentApi final {
 public:
  explicit SilentApi(const std::string& path) : listening_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(listening_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(listening_.get(), 64) == 0);
  }

  /// Those that have come since the last call.
  std::vector<UniqueFd> accept() {
    std::vector<UniqueFd> accepted;
    for (;;) {
      UniqueFd fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!fd) return accepted;
      accepted.push_back(std::move(fd));
    }
  }
  void do_not_wait() {
    timeval soon{0, 1000};
    ::setsockopt(listening_.get(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
  }

 private:
  UniqueFd listening_;
};

struct Bench {
  explicit Bench(ApiClient::Options options = {})
      : api_path((dir.path() / "api.sock").string()),
        api(api_path),
        client(io, with(std::move(options))) {
    api.do_not_wait();
  }
  ~Bench() {
    io.stop();
    if (thread.joinable()) thread.join();
  }
  ApiClient::Options with(ApiClient::Options options) const {
    if (options.address.host.empty()) options.address.path = api_path;
    return options;
  }
  void run() {
    thread = std::thread([this] { io.run(); });
  }
  bool call(const std::string& address, std::string body = {}) {
    ApiRequest request;
    request.caller.address = address;
    request.body = std::move(body);
    return client.call(request, io.get_executor(), [this](const std::optional<CgiAnswer>& answer) {
      answer ? ++answers : ++failures;
    });
  }
  /// So many connections are there, and nothing is to be done before one of them ends.
  bool reached(std::size_t count) {
    return test::await([&] {
      for (auto& fd : api.accept()) connections.push_back(std::move(fd));
      return connections.size() >= count;
    });
  }

  test::TempDir dir;
  const std::string api_path;
  SilentApi api;
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work =
      boost::asio::make_work_guard(io);
  ApiClient client;
  std::thread thread;
  std::vector<UniqueFd> connections;
  std::atomic<int> answers{0};
  std::atomic<int> failures{0};
};

}  // namespace

TEST_CASE("one address does not take all turns at the API") {
  Bench bench;
  bench.run();
  for (int i = 0; i < 40; ++i) REQUIRE(bench.call("203.0.113.1"));
  for (int i = 0; i < 40; ++i) REQUIRE(bench.call("2001:db8::" + std::to_string(i)));
  REQUIRE(bench.call("203.0.113.2"));
  REQUIRE(bench.reached(9));
  CHECK(bench.connections.size() == 9);
  // One that ends gives its turn to the next of the same address: all other ones are the API's.
  bench.connections.front().reset();
  CHECK(bench.reached(9));
  REQUIRE(test::await([&] { return bench.failures == 1; }));
  CHECK(bench.reached(10));
}

TEST_CASE("this machine's own requests have all turns") {
  Bench bench;
  bench.run();
  for (int i = 0; i < 40; ++i) REQUIRE(bench.call("127.0.0.1"));
  CHECK(bench.reached(32));
}

TEST_CASE("what waits for the API is bounded, and comes back when it ends") {
  ApiClient::Options options;
  options.max_request_bytes = 100'000;
  Bench bench(options);
  bench.run();
  REQUIRE(bench.call("203.0.113.1", std::string(60'000, 'x')));
  CHECK_FALSE(bench.call("203.0.113.2", std::string(60'000, 'x')));
  REQUIRE(bench.reached(1));
  bench.connections.clear();
  REQUIRE(test::await([&] { return bench.failures == 1; }));
  CHECK(bench.call("203.0.113.2", std::string(60'000, 'x')));

  // Requests without a body are no less of a burden, when there are very many.
  int taken = 0;
  while (taken < 1000 && bench.call("203.0.113.3")) ++taken;
  CHECK(taken < 40);
}

TEST_CASE("the time of a request at the API counts its wait") {
  ApiClient::Options options;
  options.timeout = std::chrono::milliseconds(20);
  Bench bench(options);
  const auto end = std::chrono::steady_clock::now() + 2 * options.timeout;
  REQUIRE(bench.call("203.0.113.1"));
  REQUIRE(test::await([&] { return std::chrono::steady_clock::now() > end; }));
  bench.run();
  REQUIRE(test::await([&] { return bench.failures == 1; }));
  CHECK(bench.api.accept().empty());
}

TEST_CASE("an API behind a port is asked there") {
  const UniqueFd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(own);
  REQUIRE(::bind(listening.get(), reinterpret_cast<sockaddr*>(&own), size) == 0);
  REQUIRE(::listen(listening.get(), 1) == 0);
  REQUIRE(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0);

  ApiClient::Options options;
  options.address = parse_api_address("localhost:" + std::to_string(ntohs(own.sin_port))).value();
  Bench bench(options);
  bench.run();
  REQUIRE(bench.call("203.0.113.1"));
  UniqueFd asked(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(asked);
  char version = 0;
  REQUIRE(::read(asked.get(), &version, 1) == 1);
  CHECK(version == 1);
  asked.reset();
  CHECK(test::await([&] { return bench.failures == 1; }));
}

TEST_CASE("a port behind which there is no API is no answer") {
  ApiClient::Options options;
  // Taken by nobody: it was let go of just now.
  {
    const UniqueFd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(own);
    REQUIRE(::bind(probe.get(), reinterpret_cast<sockaddr*>(&own), size) == 0);
    REQUIRE(::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
    options.address = parse_api_address("127.0.0.1:" + std::to_string(ntohs(own.sin_port))).value();
  }
  Bench bench(options);
  bench.run();
  REQUIRE(bench.call("203.0.113.1"));
  CHECK(test::await([&] { return bench.failures == 1; }));
}
