#include "worker/live_runs.hpp"

#include <atomic>
#include <future>
#include <set>

#include "core/errors.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;

namespace {

/// A database that does what a test wants.
struct Bench {
  LiveTables tables() {
    LiveTables tables;
    tables.publish = [this](const std::vector<LiveEvents>& batch) {
      const std::lock_guard lock(mutex);
      ++publications;
      if (away) throw DatabaseUnavailable("away");
      for (const auto& [id, events] : batch)
        if (id == refused) throw std::runtime_error("refused");
      for (const auto& [id, events] : batch)
        for (const auto& event : events) published[id] += event.data;
    };
    tables.read = [this](const std::string& id, std::int64_t after) {
      const std::lock_guard lock(mutex);
      if (away) throw DatabaseUnavailable("away");
      std::vector<LiveInput> found;
      for (const auto& piece : typed[id])
        if (piece.id > after && found.size() < 16) found.push_back(piece);
      return found;
    };
    tables.forget = [this](const std::string& id, std::int64_t up_to) {
      const std::lock_guard lock(mutex);
      forgotten[id] = up_to;
    };
    tables.tidy = [] {};
    tables.followed = [this](const std::string& id) {
      const std::lock_guard lock(mutex);
      ++looks;
      return followed.count(id) != 0;
    };
    return tables;
  }
  std::string published_of(const std::string& id) {
    const std::lock_guard lock(mutex);
    return published[id];
  }
  std::int64_t forgotten_of(const std::string& id) {
    const std::lock_guard lock(mutex);
    return forgotten[id];
  }
  void type(const std::string& id, std::int64_t number, const std::string& text) {
    const std::lock_guard lock(mutex);
    typed[id].push_back({number, LiveInputKind::kStdin, text});
  }

  std::mutex mutex;
  bool away = false;
  std::string refused;
  int publications = 0;
  int looks = 0;
  std::set<std::string> followed;  // as the rows have it
  std::map<std::string, std::string> published;
  std::map<std::string, std::vector<LiveInput>> typed;
  std::map<std::string, std::int64_t> forgotten;
};

std::string sent_by(JobInput& input) {
  std::string bytes;
  input.put_frames(bytes, 1);
  std::string text;
  protocol::FrameParser parser;
  parser.feed(bytes, [&](const protocol::Frame& frame) { text += frame.payload; });
  return text;
}

}  // namespace

TEST_CASE("what a followed execution says is published while it runs") {
  Bench bench;
  LiveRuns runs(bench.tables());
  const auto run = runs.begin("a", 1, true);
  run->feed().output(false, "one ");
  CHECK(await([&] { return bench.published_of("a") == "one "; }));
  run->feed().output(false, "two");
  CHECK(await([&] { return bench.published_of("a") == "one two"; }));
}

TEST_CASE("before a result is recorded all is published, and of whom nobody follows, nothing") {
  Bench bench;
  LiveRuns runs(bench.tables());
  const auto followed = runs.begin("a", 1, true);
  const auto alone = runs.begin("b", 1, false);
  for (int i = 0; i < 20; ++i) followed->feed().output(false, "x");
  followed->feed().output(false, "\xc3");
  alone->feed().output(false, "y");
  followed->flush();
  alone->flush();
  CHECK(bench.published_of("a") == std::string(20, 'x') + "\xc3");
  CHECK(bench.published_of("b").empty());
  // What comes after the end is nobody's.
  followed->feed().output(false, "z");
  runs.told("b");
  runs.begin("c", 1, true)->flush();
  CHECK(bench.published_of("a").size() == 21);
  CHECK(bench.published_of("b").empty());
}

TEST_CASE(
    "who follows a running execution gets all of it, also one who came before it began here") {
  Bench bench;
  bench.followed = {"a", "b"};
  LiveRuns runs(bench.tables());
  const auto late = runs.begin("a", 1, false);
  late->feed().output(false, "all");
  runs.told("a");
  CHECK(await([&] { return bench.published_of("a") == "all"; }));
  runs.told("b");
  const auto early = runs.begin("b", 1, false);
  early->feed().output(false, "too");
  CHECK(await([&] { return bench.published_of("b") == "too"; }));
  for (int i = 0; i < 5000; ++i) runs.told("other " + std::to_string(i));
  runs.begin("b", 2, false);
}

TEST_CASE("who says that somebody follows is believed only when the row says so") {
  Bench bench;
  bench.followed = {"b"};
  LiveRuns runs(bench.tables());
  runs.told("a");  // before it began here
  const auto run = runs.begin("a", 1, false);
  run->feed().output(false, "secret");
  runs.told("a");
  const auto other = runs.begin("b", 1, false);
  other->feed().output(false, "x");
  runs.told("b");
  // Looked up one after the other, so what was told before has been looked up as well.
  REQUIRE(await([&] { return bench.published_of("b") == "x"; }));
  CHECK_FALSE(run->feed().followed());
  run->flush();
  CHECK(bench.published_of("a").empty());
  // A heartbeat reads rows, and is believed.
  const auto third = runs.begin("c", 1, false);
  third->feed().output(false, "y");
  runs.follow("c");
  CHECK(await([&] { return bench.published_of("c") == "y"; }));
}

TEST_CASE("a database that is away holds nobody up, and gets what is left when it is back") {
  Bench bench;
  LiveRuns runs(bench.tables());
  bench.away = true;
  auto ended = runs.begin("a", 1, true);
  const auto running = runs.begin("b", 1, true);
  ended->feed().output(false, "lost");
  running->feed().output(false, "kept");
  ended->flush();
  ended.reset();
  {
    const std::lock_guard lock(bench.mutex);
    bench.away = false;
  }
  CHECK(await([&] { return bench.published_of("b") == "kept"; }));
  CHECK(bench.published_of("a").empty());
}

TEST_CASE("what the database refuses of one execution holds up no other") {
  Bench bench;
  bench.refused = "bad";
  LiveRuns runs(bench.tables());
  const auto bad = runs.begin("bad", 1, true);
  const auto good = runs.begin("good", 1, true);
  bad->feed().output(false, "x");
  good->feed().output(false, "y");
  CHECK(await([&] { return bench.published_of("good") == "y"; }));
  bad->flush();
  good->feed().output(false, "z");
  good->flush();
  CHECK(bench.published_of("good") == "yz");
}

TEST_CASE("input is read when it is told, and forgotten when it is taken") {
  Bench bench;
  LiveRuns runs(bench.tables());
  bench.type("a", 1, "typed while it was queued ");
  const auto run = runs.begin("a", 1, true);
  auto& input = run->type_into("first ", false);
  CHECK(await([&] { return input.last_id() == 1; }));
  CHECK(sent_by(input) == "first typed while it was queued ");
  CHECK(bench.forgotten_of("a") == 0);
  input.taken(input.sent());
  CHECK(await([&] { return bench.forgotten_of("a") == 1; }));
  for (int id = 2; id <= 40; ++id) bench.type("a", id, "x");
  runs.told("a");
  CHECK(await([&] { return input.last_id() == 40; }));
  CHECK(sent_by(input) == std::string(39, 'x'));
  CHECK(bench.forgotten_of("a") == 1);
}

TEST_CASE("input is found without a notification too, and after the database was away") {
  Bench bench;
  LiveRuns runs(bench.tables());
  const auto run = runs.begin("a", 1, true);
  auto& input = run->type_into("", false);
  {
    const std::lock_guard lock(bench.mutex);
    bench.away = true;
  }
  bench.type("a", 1, "x");
  runs.told("a");
  {
    const std::lock_guard lock(bench.mutex);
    bench.away = false;
  }
  CHECK(await([&] { return input.last_id() == 1; }));
  bench.type("a", 2, "y");
  CHECK(await([&] { return input.last_id() == 2; }));
}

TEST_CASE("a later attempt takes the place of one that still runs, and neither harms the other") {
  Bench bench;
  LiveRuns runs(bench.tables());
  auto first = runs.begin("a", 1, true);
  auto& input = first->type_into("x", false);
  const auto second = runs.begin("a", 2, true);
  input.add({1, LiveInputKind::kStdin, "y"});
  CHECK(sent_by(input) == "xy");
  input.taken(2);
  first.reset();
  runs.told("a");
  second->feed().output(false, "second");
  CHECK(await([&] { return bench.published_of("a") == "second"; }));
}
