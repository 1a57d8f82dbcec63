#include <string>

#include "gateway/backlog.hpp"
#include "tests/support/catch.hpp"

using runyard::gateway::Backlog;

namespace {

constexpr std::size_t kPart = Backlog::kFree + 1;

struct Client {
  Client(Backlog& backlog, std::string& log, char name)
      : part(backlog, [&log, name] { log += name; }) {}
  Backlog::Part part;
};

}  // namespace

TEST_CASE("gateway: beyond its limit the client that kept something for longest is given up") {
  Backlog backlog(3 * kPart);
  std::string given_up;
  Client a(backlog, given_up, 'a');
  Client b(backlog, given_up, 'b');
  Client c(backlog, given_up, 'c');
  Client d(backlog, given_up, 'd');
  a.part.set(kPart);
  b.part.set(kPart);
  c.part.set(kPart);
  CHECK(given_up.empty());
  a.part.set(0);  // it kept up
  a.part.set(kPart);
  d.part.set(kPart);
  CHECK(given_up == "b");
  CHECK(backlog.bytes() == 3 * kPart);
  b.part.set(10 * kPart);  // it goes, whatever it still says
  CHECK(given_up == "b");
  c.part.set(3 * kPart);  // the oldest is also the one that asks
  CHECK(given_up == "bc");
  CHECK(backlog.bytes() == 2 * kPart);
}

TEST_CASE("gateway: what one keeps beyond everything is given up with those before it") {
  Backlog backlog(2 * kPart);
  std::string given_up;
  Client a(backlog, given_up, 'a');
  Client b(backlog, given_up, 'b');
  a.part.set(kPart);
  b.part.set(3 * kPart);
  CHECK(given_up == "ab");
  CHECK(backlog.bytes() == 0);
}

TEST_CASE("gateway: a little is free, and what goes is not counted any more") {
  Backlog backlog(kPart);
  std::string given_up;
  Client a(backlog, given_up, 'a');
  a.part.set(Backlog::kFree);
  CHECK(backlog.bytes() == 0);
  {
    Client b(backlog, given_up, 'b');
    b.part.set(kPart);
    CHECK(backlog.bytes() == kPart);
  }
  CHECK(backlog.bytes() == 0);
  CHECK(given_up.empty());
}
