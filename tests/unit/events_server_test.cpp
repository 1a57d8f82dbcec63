// The one thread that writes to all listeners, over pairs of sockets.
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <mutex>

#include "core/errors.hpp"
#include "fcgi-app/events/event_format.hpp"
#include "fcgi-app/events/event_server.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

constexpr auto kNever = std::chrono::hours(1);

EventServerOptions quiet() {
  test::quiet_log();
  EventServerOptions options;
  options.states = [](const std::vector<std::string>&) { return std::vector<LiveState>(); };
  options.look_interval = options.comment_interval = options.patience = kNever;
  return options;
}

/// Gives what the test puts in.
class TestStream final : public BodyStream {
 public:
  explicit TestStream(std::string id) : id_(std::move(id)) {}
  ~TestStream() override { ++ended; }

  const std::string& execution_id() const override { return id_; }
  Part read() override {
    ++reads;
    if (away) throw DatabaseUnavailable("away, as the test asked");
    const std::lock_guard lock(mutex_);
    return std::exchange(next_, {});
  }
  bool is_behind(const LiveState& state) const override { return state.newest > 0; }
  void put(Part part) {
    const std::lock_guard lock(mutex_);
    next_ = std::move(part);
  }

  std::atomic<int> reads{0};
  std::atomic<bool> away{false};
  static inline std::atomic<int> ended{0};

 private:
  const std::string id_;
  std::mutex mutex_;
  Part next_;  // under mutex_
};

/// The client's end of a connection.
class Client final {
 public:
  Client(EventServer& server, const std::shared_ptr<BodyStream>& stream) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::runtime_error("socketpair");
    fd_.reset(ends[0]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    server.add(UniqueFd(ends[1]), 1, "Status: 200 OK\r\n\r\n", stream);
  }

  /// Takes what is there. False: the other end is closed.
  bool take() {
    std::array<char, 65536> part{};
    for (;;) {
      const auto got = ::read(fd_.get(), part.data(), part.size());
      if (got == 0) closed_ = true;
      if (got <= 0) return !closed_;
      raw_.append(part.data(), static_cast<std::size_t>(got));
    }
  }
  /// What came of FCGI_STDOUT in whole records.
  std::string output() {
    take();
    std::string out;
    std::size_t at = 0;
    while (at + 8 <= raw_.size()) {
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(raw_[at + i]); };
      const std::size_t length = static_cast<std::size_t>(byte(4)) << 8 | byte(5);
      if (at + 8 + length > raw_.size()) break;
      if (byte(1) == 6) out += raw_.substr(at + 8, length);
      ended_ = byte(1) == 3;
      at += 8 + length;
    }
    whole_ = at == raw_.size();
    return out;
  }
  bool has(const std::string& text) {
    return test::await([&] { return output().find(text) != std::string::npos; });
  }
  /// The request was ended as the protocol has it, and the connection closed.
  bool ended() {
    return test::await([&] {
      output();
      return closed_ && ended_ && whole_;
    });
  }
  bool dropped() {
    return test::await([&] { return !take(); });
  }
  void leave() { fd_.reset(); }

 private:
  UniqueFd fd_;
  std::string raw_;
  bool closed_ = false;
  bool ended_ = false;
  bool whole_ = false;
};

bool await_connections(const EventServer& server, std::size_t count) {
  return test::await([&] { return server.connections() == count; });
}

}  // namespace

TEST_CASE("a listener gets head and events, is woken by news, and ends in order") {
  EventServer server(quiet());
  const auto stream = std::make_shared<TestStream>("a");
  stream->put({"first\n", false, false});
  Client client(server, stream);
  CHECK(client.has("Status: 200 OK\r\n\r\nfirst\n"));
  stream->put({"second\n", false, false});
  server.notify("other");
  server.notify("a");
  CHECK(client.has("second\n"));
  stream->put({"third\n", false, true});
  server.notify_all();
  CHECK(client.ended());
  CHECK(client.output() == "Status: 200 OK\r\n\r\nfirst\nsecond\nthird\n");
  CHECK(await_connections(server, 0));
}

TEST_CASE("many listeners share one thread, and slow ones hold up nobody") {
  EventServer server(quiet());
  const std::string flood(4 * 1024 * 1024, 'x');
  std::vector<std::shared_ptr<TestStream>> streams;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) {
    streams.push_back(std::make_shared<TestStream>("id" + std::to_string(i)));
    // The first three take nothing for now.
    streams.back()->put({i < 3 ? flood : "hello", false, false});
    clients.push_back(std::make_unique<Client>(server, streams.back()));
  }
  for (std::size_t i = 3; i < clients.size(); ++i) CHECK(clients[i]->has("hello"));
  // Nothing more is read for one who has not taken everything.
  const int reads = streams[0]->reads;
  for (int i = 0; i < 10; ++i) {
    server.notify("id0");
    streams[50]->put({"again" + std::to_string(i), false, false});
    server.notify("id50");
    CHECK(clients[50]->has("again" + std::to_string(i)));
  }
  CHECK(streams[0]->reads == reads);
  CHECK(test::await([&] { return clients[0]->output().size() >= flood.size(); }));
  CHECK(test::await([&] { return streams[0]->reads > reads; }));
  CHECK(server.connections() == 100);
}

TEST_CASE("who left is noticed without anything to send, and his place is free") {
  EventServer server(quiet());
  const int before = TestStream::ended;
  Client client(server, std::make_shared<TestStream>("a"));
  CHECK(await_connections(server, 1));
  client.leave();
  CHECK(await_connections(server, 0));
  CHECK(test::await([&] { return TestStream::ended == before + 1; }));
}

TEST_CASE("who takes nothing for long is dropped") {
  auto options = quiet();
  options.patience = 50ms;
  EventServer server(options);
  const auto slow = std::make_shared<TestStream>("slow");
  slow->put({std::string(4 * 1024 * 1024, 'x'), false, false});
  Client stuck(server, slow);
  Client idle(server, std::make_shared<TestStream>("idle"));
  CHECK(await_connections(server, 1));
  CHECK(stuck.dropped());
  CHECK(idle.has("Status"));
}

TEST_CASE("what all have not taken is bounded: the one with the most is dropped") {
  auto options = quiet();
  options.max_pending = 3 * 1024 * 1024;
  EventServer server(options);
  const auto small = std::make_shared<TestStream>("small");
  small->put({std::string(1024 * 1024, 's'), false, false});
  Client one(server, small);
  const auto large = std::make_shared<TestStream>("large");
  large->put({std::string(8 * 1024 * 1024, 'l'), false, false});
  Client other(server, large);
  CHECK(await_connections(server, 1));
  CHECK(other.dropped());
  CHECK(test::await([&] { return one.output().size() >= 1024 * 1024; }));
}

TEST_CASE("those who take next to nothing for long make room for a larger one who has just come") {
  auto options = quiet();
  options.max_pending = 3 * 1024 * 1024;
  std::atomic<int> passed{0};
  options.now = [&passed] {
    return std::chrono::steady_clock::now() + std::chrono::seconds(passed.load());
  };
  EventServer server(options);
  const auto small = std::make_shared<TestStream>("small");
  small->put({std::string(1536 * 1024, 's'), false, false});
  Client slow(server, small);
  CHECK(test::await([&] { return small->reads > 0; }));
  passed = 30;
  const auto large = std::make_shared<TestStream>("large");
  large->put({std::string(2816 * 1024, 'l'), false, true});
  Client other(server, large);
  CHECK(other.ended());
  CHECK(other.output().size() > 2816 * 1024);
  CHECK(slow.dropped());
}

namespace {

/// Gives a megabyte, once all may.
class LargeStream final : public BodyStream {
 public:
  struct Shared {
    std::atomic<bool> go{false};
    std::atomic<int> given{0}, held{0}, most_held{0};
  };
  explicit LargeStream(Shared& shared) : shared_(shared) {}
  ~LargeStream() override {
    if (given_) --shared_.held;
  }

  const std::string& execution_id() const override { return id_; }
  Part read() override {
    if (!shared_.go || given_) return {};
    given_ = true;
    ++shared_.given;
    shared_.most_held = std::max<int>(shared_.most_held, ++shared_.held);
    return {std::string(1024 * 1024, 'x'), false, false};
  }
  bool is_behind(const LiveState&) const override { return false; }

 private:
  Shared& shared_;
  const std::string id_ = "a";
  bool given_ = false;
};

}  // namespace

TEST_CASE("large results are not all read in one turn, and who takes nothing holds up nobody") {
  LargeStream::Shared shared;
  auto options = quiet();
  options.max_pending = 8 * 1024 * 1024;
  EventServer server(options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 32; ++i)
    clients.push_back(std::make_unique<Client>(server, std::make_shared<LargeStream>(shared)));
  for (const auto& client : clients) CHECK(client->has("200 OK"));
  shared.go = true;
  server.notify_all();
  CHECK(test::await([&] { return shared.given == 32; }));
  CHECK(shared.most_held < 20);
}

TEST_CASE("a quiet stream gets comments") {
  auto options = quiet();
  options.comment_interval = 20ms;
  EventServer server(options);
  Client client(server, std::make_shared<TestStream>("a"));
  CHECK(client.has(std::string(kStreamComment) + kStreamComment));
}

TEST_CASE("a lost notification costs a moment, not the event") {
  auto options = quiet();
  options.look_interval = 10ms;
  std::atomic<int> newest{0};
  std::atomic<int> asked{0};
  options.states = [&](const std::vector<std::string>& ids) {
    ++asked;
    std::vector<LiveState> states;
    for (const auto& id : ids) states.push_back({id, newest, false});
    return states;
  };
  EventServer server(options);
  const auto stream = std::make_shared<TestStream>("a");
  Client client(server, stream);
  CHECK(test::await([&] { return asked > 1; }));
  CHECK(stream->reads == 1);  // looked at, and not read without need
  stream->put({"late\n", false, false});
  newest = 5;
  CHECK(client.has("late\n"));
}

TEST_CASE("while the database is away listeners stay") {
  EventServer server(quiet());
  const auto stream = std::make_shared<TestStream>("a");
  stream->away = true;
  Client client(server, stream);
  CHECK(test::await([&] { return stream->reads > 0; }));
  stream->put({"back\n", false, false});
  stream->away = false;
  CHECK(client.has("back\n"));
}

TEST_CASE("a stop ends all streams in order, also those that come later") {
  EventServer server(quiet());
  const auto stream = std::make_shared<TestStream>("a");
  stream->put({"begun\n", false, false});
  Client client(server, stream);
  CHECK(client.has("begun\n"));
  server.stop();
  CHECK(client.ended());
  Client late(server, std::make_shared<TestStream>("b"));
  CHECK(late.ended());
  CHECK(late.output() == "Status: 200 OK\r\n\r\n");
}
