#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "fcgi-app/events/event_server.hpp"
#include "fcgi-app/fcgi_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fcgi_client.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using test::FcgiClient;

namespace {

/// A server on a socket of its own whose handler says what it got.
struct Service {
  explicit Service(int threads = 2, FcgiServer::Handler handler = echo,
                   EventServer* events = nullptr, AnswerRoom* room = nullptr)
      : listening(test::listen_on(path())),
        server({listening.get(), threads, 100, events, room}, std::move(handler)) {}
  ~Service() { std::filesystem::remove_all(folder); }

  std::string path() const { return folder + "/s"; }

  static std::string make_folder() {
    std::string pattern = "/tmp/runyard-fcgi-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
    return pattern;
  }
  static Response echo(Request& request) {
    return json_response(200, request.method + " " + request.path + " " +
                                  std::to_string(request.body.size()) +
                                  (request.body_too_large ? " large" : "") +
                                  (request.body_incomplete ? " short" : ""));
  }

  const std::string folder = make_folder();
  UniqueFd listening;
  FcgiServer server;
};

std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "no answer" : answer.substr(end + 4);
}

std::string ask(const std::string& socket, std::map<std::string, std::string> params,
                const std::string& body = "") {
  params.try_emplace("REQUEST_METHOD", "POST");
  params.try_emplace("REQUEST_URI", "/x");
  FcgiClient client(socket);
  client.begin(params);
  if (!body.empty()) client.body(body);
  client.body("");
  return client.answer();
}

std::size_t open_fds() {
  const std::filesystem::directory_iterator fds("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

}  // namespace

TEST_CASE("a request comes in whole and its answer goes out with status and length") {
  Service service;
  const auto answer = ask(service.path(), {{"CONTENT_LENGTH", "3"}}, "abc");
  CHECK_THAT(answer, test::contains("Status: 200 OK\r\n"));
  CHECK_THAT(answer, test::contains("Content-Length: 9\r\n"));
  CHECK(body_of(answer) == "POST /x 3");
}

TEST_CASE("the body's bytes count, not the announced length") {
  Service service;
  const std::string full(100, 'a');
  CHECK(body_of(ask(service.path(), {}, full)) == "POST /x 100");
  CHECK(body_of(ask(service.path(), {}, full + "a")) == "POST /x 0 large");
  CHECK(body_of(ask(service.path(), {{"CONTENT_LENGTH", "5"}}, full + "a")) == "POST /x 0 large");
  CHECK(body_of(ask(service.path(), {{"CONTENT_LENGTH", "101"}}, full)) == "POST /x 100 short");
  CHECK(body_of(ask(service.path(), {{"CONTENT_LENGTH", "999999999999"}}, "a")) ==
        "POST /x 1 short");
  // Much more than is kept is read off, so that the answer arrives.
  CHECK(body_of(ask(service.path(), {}, std::string(5'000'000, 'a'))) == "POST /x 0 large");
}

TEST_CASE("HEAD gets the length of the body without the body") {
  Service service;
  const auto answer = ask(service.path(), {{"REQUEST_METHOD", "HEAD"}});
  CHECK_THAT(answer, test::contains("Content-Length: 9\r\n"));
  CHECK(body_of(answer).empty());
}

TEST_CASE("slow readers of large answers hold no thread, and get all of it") {
  const std::string large(5'000'000, 'a');
  Service service(1, [&](Request& request) {
    return request.path == "/large" ? json_response(200, large) : Service::echo(request);
  });
  std::vector<FcgiClient> readers;
  for (int i = 0; i < 8; ++i) {
    auto& reader = readers.emplace_back(service.path());
    reader.begin({{"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/large"}});
    reader.body("");
  }
  // The one thread is free although nobody has taken anything.
  CHECK(body_of(ask(service.path(), {})) == "POST /x 0");
  for (auto& reader : readers) {
    const auto answer = reader.answer();
    CHECK_THAT(answer.substr(0, 200), test::contains("Content-Length: 5000000\r\n"));
    CHECK(body_of(answer) == large);
    CHECK(reader.ended());
  }
}

TEST_CASE("what large answers hold is bounded: beyond it is 503, and goes on when they are taken") {
  AnswerRoom room({5'000'000, 4, 0ms});
  const std::string large(2'000'000, 'a');
  Service service(
      2, [&](Request& /*request*/) { return json_response(200, large); }, nullptr, &room);
  std::vector<FcgiClient> readers;
  for (int i = 0; i < 2; ++i) {
    auto& reader = readers.emplace_back(service.path());
    reader.begin({{"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/large"}});
    reader.body("");
  }
  while (room.taken() < 4'000'000) std::this_thread::yield();
  const auto refused = ask(service.path(), {});
  CHECK_THAT(refused, test::contains("Status: 503"));
  CHECK_THAT(refused, test::contains("Retry-After: 1"));
  readers.clear();  // they hang up
  while (room.taken() > 0) std::this_thread::yield();
  CHECK(body_of(ask(service.path(), {})) == large);
}

TEST_CASE("a stop lets a large answer be taken to its end") {
  const std::string large(3'000'000, 'a');
  Service service(1, [&](Request& /*request*/) { return json_response(200, large); });
  FcgiClient reader(service.path());
  reader.begin({{"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/large"}});
  reader.body("");
  const auto first = reader.part();
  service.server.stop();
  CHECK_FALSE(service.server.wait_until_idle(10ms));
  CHECK(body_of(first + reader.answer()) == large);
  CHECK(service.server.wait_until_idle(10s));
}

TEST_CASE("a client that leaves, sends nothing or nonsense takes no thread with it") {
  std::atomic<int> handled{0};
  Service service(1, [&](Request& request) {
    ++handled;
    return Service::echo(request);
  });
  { FcgiClient silent(service.path()); }
  {
    FcgiClient gone(service.path());
    gone.begin({{"REQUEST_METHOD", "POST"}, {"REQUEST_URI", "/gone"}});
    gone.body("abc");
    gone.body("");
    gone.close();
  }
  CHECK(body_of(ask(service.path(), {})) == "POST /x 0");
  CHECK(handled >= 1);
}

TEST_CASE("requests beyond the threads wait their turn") {
  Service service(2, [](Request& request) {
    std::this_thread::sleep_for(5ms);  // work, not waiting for anything
    return Service::echo(request);
  });
  std::vector<std::future<std::string>> clients;
  for (int i = 0; i < 16; ++i)
    clients.push_back(
        std::async(std::launch::async, [&service] { return body_of(ask(service.path(), {})); }));
  for (auto& client : clients) CHECK(client.get() == "POST /x 0");
}

TEST_CASE("a stop answers what is under way and takes nothing new") {
  std::promise<void> entered;
  std::promise<void> may_end;
  auto end = may_end.get_future().share();
  Service service(2, [&](Request& request) {
    entered.set_value();
    end.wait();
    return Service::echo(request);
  });
  auto client = std::async(std::launch::async, [&] { return body_of(ask(service.path(), {})); });
  entered.get_future().wait();
  service.server.stop();
  CHECK_FALSE(service.server.wait_until_idle(10ms));
  FcgiClient late(service.path());  // stays in the socket's queue for another process
  late.begin({});
  may_end.set_value();
  CHECK(client.get() == "POST /x 0");
  CHECK(service.server.wait_until_idle(10s));
}

TEST_CASE("a handler that throws costs its client the answer and nobody else") {
  Service service(1, [](Request& request) {
    if (request.path == "/bad") throw std::runtime_error("x");
    return Service::echo(request);
  });
  CHECK(body_of(ask(service.path(), {{"REQUEST_URI", "/bad"}})) == "no answer");
  CHECK(body_of(ask(service.path(), {})) == "POST /x 0");
}

namespace {

/// Counts to three and ends.
class Counting final : public BodyStream {
 public:
  const std::string& execution_id() const override { return id_; }
  Part read() override {
    ++count_;
    return {std::to_string(count_), count_ < 3, count_ == 3};
  }
  bool is_behind(const LiveState& /*state*/) const override { return false; }

 private:
  const std::string id_ = "x";
  int count_ = 0;
};

}  // namespace

TEST_CASE("an answer that goes on takes no thread, and leaves no descriptor behind") {
  const auto before = open_fds();
  {
    EventServerOptions options;
    options.states = [](const std::vector<std::string>&) { return std::vector<LiveState>(); };
    EventServer events(options);
    Service service(
        1,
        [](Request& request) {
          Response response;
          response.headers = {{"Content-Type", "text/event-stream"}};
          if (request.path == "/events") response.stream = std::make_shared<Counting>();
          return response;
        },
        &events);
    for (int i = 0; i < 50; ++i) {
      const auto answer =
          ask(service.path(), {{"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/events"}});
      CHECK(answer == "Status: 200 OK\r\nContent-Type: text/event-stream\r\n\r\n123");
      CHECK_THAT(ask(service.path(), {{"REQUEST_URI", "/other"}}),
                 test::contains("Content-Length: 0\r\n"));
      // HEAD asks for no events.
      const auto head =
          ask(service.path(), {{"REQUEST_METHOD", "HEAD"}, {"REQUEST_URI", "/events"}});
      CHECK(head == "Status: 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    }
  }
  CHECK(open_fds() == before);
}

TEST_CASE("many requests leave no descriptor behind") {
  const auto before = open_fds();
  {
    Service service;
    for (int i = 0; i < 50; ++i) ask(service.path(), {}, "abc");
  }
  CHECK(open_fds() == before);
}

TEST_CASE("only a listening socket is one") {
  Service service;
  CHECK(is_listening_socket(service.listening.get()));
  CHECK_FALSE(is_listening_socket(0));
  CHECK_FALSE(is_listening_socket(-1));
}
