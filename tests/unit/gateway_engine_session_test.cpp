#include <vector>

#include "gateway/engine_session.hpp"
#include "tests/support/catch.hpp"

namespace io = runyard::gateway::engine_io;
using namespace std::chrono_literals;
using io::PacketType;

namespace {

/// A client on both transports, with a clock that stands still.
struct Fixture {
  struct Link final : io::Link {
    void write(const io::Packet& packet) override { written.push_back(io::encode(packet)); }
    void close() override { closed = true; }
    std::vector<std::string> written;
    bool closed = false;
  };

  Fixture() { session.listen(events()); }

  io::Session::Events events() {
    return {[this](const io::Packet& packet) { messages.push_back(packet.data); },
            [this] { ++drained; },
            [this](std::string_view reason) { closed.emplace_back(reason); }};
  }
  /// A GET; its answer, once there is one, is in polls[the number returned].
  std::size_t poll() {
    const auto number = polls.size();
    polls.push_back({0, ""});
    session.poll([this, number](const io::PollAnswer& answer) { polls[number] = answer; });
    return number;
  }
  void say(Link& link, const std::string& text) { session.received(link, text, false); }
  /// Lets everything that waits go out on a link.
  void write_all(Link& link) {
    for (std::size_t seen = 0; seen != link.written.size();) {
      seen = link.written.size();
      session.written(link);
    }
  }

  io::Session::Clock::time_point time{};
  io::Session session{"abc", io::Timing{}, [this] { return time; }};
  std::vector<std::string> messages;
  std::vector<std::string> closed;
  std::vector<io::PollAnswer> polls;
  int drained = 0;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a GET of an Engine.IO session is held until there is something") {
  CHECK(session.open_polling().body.rfind(R"(0{"sid":"abc")", 0) == 0);
  const auto first = poll();
  CHECK(polls[first].status == 0);
  session.send(io::message("one"));
  CHECK(polls[first].body == "4one");
  session.send(io::message("two"));
  session.send(io::message("three"));
  const auto second = poll();
  CHECK(polls[second].body ==
        "4two\x1e"
        "4three");
  CHECK(session.waiting_bytes() == 0);
}

TEST_CASE_METHOD(Fixture, "a POST of an Engine.IO session brings messages in their order") {
  const auto answer = session.post(
      "4one\x1e"
      "3\x1e"
      "4two");
  CHECK(answer.status == 200);
  CHECK(answer.body == "ok");
  CHECK(messages == std::vector<std::string>{"one", "two"});
}

TEST_CASE_METHOD(Fixture, "two GETs at once close an Engine.IO session") {
  const auto first = poll();
  const auto second = poll();
  CHECK(polls[first].status == 200);
  CHECK(polls[first].body == "1");
  CHECK(polls[second].status == 400);
  CHECK(closed.size() == 1);
  CHECK(polls[poll()].status == 400);
}

TEST_CASE_METHOD(Fixture, "a POST that holds no packets closes an Engine.IO session") {
  CHECK(session
            .post("4one\x1e"
                  "abc")
            .status == 400);
  CHECK(messages.empty());
  CHECK(closed.size() == 1);
  CHECK(session.post("4one").status == 400);
  CHECK(messages.empty());
}

TEST_CASE_METHOD(Fixture, "a client that polls closes its Engine.IO session by a packet") {
  const auto held = poll();
  CHECK(session
            .post("4one\x1e"
                  "1\x1e"
                  "4two")
            .status == 200);
  CHECK(messages == std::vector<std::string>{"one"});
  CHECK(polls[held].body == "6");
  CHECK(closed.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a held GET whose connection goes closes the Engine.IO session") {
  poll();
  session.poll_gone();
  CHECK(closed.size() == 1);
}

TEST_CASE_METHOD(Fixture, "an Engine.IO client that does not answer a ping is given up") {
  const auto held = poll();
  time += 24999ms;
  session.tick();
  CHECK(polls[held].status == 0);
  time += 1ms;
  session.tick();
  CHECK(polls[held].body == "2");
  time += 19999ms;
  session.tick();
  CHECK(closed.empty());
  time += 1ms;
  session.tick();
  session.tick();
  CHECK(closed.size() == 1);
}

TEST_CASE_METHOD(Fixture, "an Engine.IO client that answered while nothing ran here is kept") {
  poll();
  time += 25s;
  session.tick();
  time += 1h;
  session.tick();
  session.post("3");
  session.tick();
  CHECK(closed.empty());
}

TEST_CASE_METHOD(Fixture,
                 "an answered ping of Engine.IO is followed by another after the interval") {
  poll();
  time += 25s;
  session.tick();
  time += 10s;
  session.post("3");
  const auto next = poll();
  time += 24s;
  session.tick();
  CHECK(polls[next].status == 0);
  time += 1s;
  session.tick();
  CHECK(polls[next].body == "2");
  CHECK(closed.empty());
}

TEST_CASE_METHOD(Fixture, "heartbeats of Engine.IO come from the server") {
  session.post("2");
  CHECK(closed.size() == 1);
}

TEST_CASE_METHOD(Fixture, "an Engine.IO session over WebSocket writes one packet at a time") {
  Link link;
  session.open_web_socket(link);
  session.send(io::message("one"));
  session.send(io::message("two"));
  REQUIRE(link.written.size() == 1);
  CHECK(link.written[0].rfind(R"(0{"sid":"abc","upgrades":[])", 0) == 0);
  write_all(link);
  CHECK(link.written.size() == 3);
  CHECK(link.written[2] == "4two");
  say(link, "4in");
  session.received(link, "bytes", true);
  CHECK(messages == std::vector<std::string>{"in", "bytes"});
}

TEST_CASE_METHOD(Fixture, "a WebSocket message that is no packet closes the Engine.IO session") {
  Link link;
  session.open_web_socket(link);
  SECTION("an unknown type") { say(link, "abc"); }
  SECTION("the coding of polling") { say(link, "bAQ=="); }
  SECTION("the client's close") { say(link, "1"); }
  CHECK(link.closed);
  CHECK(closed.size() == 1);
  CHECK(messages.empty());
}

TEST_CASE_METHOD(Fixture, "a lost WebSocket closes its Engine.IO session") {
  Link link;
  session.open_web_socket(link);
  session.gone(link);
  CHECK(closed.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a change of transport loses and doubles no packet") {
  Link link;
  const auto first = poll();
  REQUIRE(session.offer(link));
  CHECK(polls[first].status == 0);
  say(link, "2probe");
  CHECK(link.written == std::vector<std::string>{"3probe"});
  // The client waits for its GET before it goes on.
  CHECK(polls[first].body == "6");
  // It may have asked again before it saw the answer to its probe.
  session.send(io::message("one"));
  CHECK(polls[poll()].body == "4one");
  CHECK(polls[poll()].body == "6");
  // While it changes, packets wait.
  session.send(io::message("two"));
  session.send(io::message("three"));
  CHECK(session.post("4from polling").status == 200);
  CHECK(link.written.size() == 1);
  say(link, "5");
  session.written(link);
  session.written(link);
  CHECK(link.written == std::vector<std::string>{"3probe", "4two", "4three"});
  say(link, "4from the other");
  CHECK(messages == std::vector<std::string>{"from polling", "from the other"});
  CHECK(closed.empty());
}

TEST_CASE_METHOD(Fixture, "polling is over after the change of transport, and harms nothing") {
  Link link;
  session.offer(link);
  say(link, "2probe");
  say(link, "5");
  CHECK(polls[poll()].status == 400);
  CHECK(session.post("4late").status == 400);
  CHECK(messages.empty());
  CHECK(closed.empty());
  Link second;
  CHECK_FALSE(session.offer(second));
  session.written(link);
  session.send(io::message("still here"));
  CHECK(link.written.back() == "4still here");
}

TEST_CASE_METHOD(Fixture, "a change of transport that fails leaves polling as it was") {
  Link link;
  session.offer(link);
  SECTION("no probe") { say(link, "4hello"); }
  SECTION("upgrade without a probe") { say(link, "5"); }
  SECTION("no packet") { say(link, "abc"); }
  SECTION("lost after the probe") {
    say(link, "2probe");
    session.gone(link);
    link.closed = true;
  }
  SECTION("too slow") {
    say(link, "2probe");
    time += 10s;
    session.tick();
  }
  CHECK(link.closed);
  CHECK(messages.empty());
  const auto held = poll();
  CHECK(polls[held].status == 0);
  session.send(io::message("one"));
  CHECK(polls[held].body == "4one");
  Link again;
  CHECK(session.offer(again));
}

TEST_CASE_METHOD(Fixture, "one WebSocket at a time is offered to an Engine.IO session") {
  Link first;
  Link second;
  CHECK(session.offer(first));
  CHECK_FALSE(session.offer(second));
}

TEST_CASE_METHOD(Fixture, "what waits for an Engine.IO client is bounded") {
  const std::string chunk(100'000, 'x');
  while (closed.empty() && messages.empty()) {
    session.send(io::message(chunk));
    CHECK(session.waiting_bytes() <= io::Session::kMaxWaitingBytes);
  }
  CHECK(closed.size() == 1);
}

TEST_CASE_METHOD(Fixture, "an Engine.IO session says when half of what waited has left") {
  const std::string chunk(100'000, 'x');
  while (session.waiting_bytes() <= io::Session::kMaxWaitingBytes / 2)
    session.send(io::message(chunk));
  CHECK(drained == 0);
  poll();
  CHECK(drained == 1);
  poll();
  CHECK(drained == 1);
}

TEST_CASE_METHOD(Fixture, "a closed Engine.IO session tells its client and nothing after") {
  Link link;
  session.open_web_socket(link);
  session.written(link);
  session.close("test");
  session.send(io::message("late"));
  CHECK(link.written.back() == "1");
  CHECK(link.closed);
  say(link, "4late");
  session.close("again");
  CHECK(messages.empty());
  CHECK(closed == std::vector<std::string>{"test"});
}
