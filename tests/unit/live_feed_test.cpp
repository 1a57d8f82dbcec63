#include "worker/live_feed.hpp"

#include "core/text.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

/// A feed, and a clock that only moves by hand.
struct Bench {
  explicit Bench(bool followed = true, int attempt = 1)
      : feed("id", attempt, followed, [this] { ++news; }) {}

  bool is_due() const {
    const auto due = feed.due();
    return due && *due <= now;
  }
  /// Says so much that the next word has to wait.
  void chatter() {
    for (int i = 0; i < LiveFeed::kBurst; ++i) {
      feed.output(false, "chatter");
      CHECK(is_due());
      publish();
    }
  }
  std::vector<LiveEvent> publish() {
    auto events = feed.take(now).events;
    feed.published();
    return events;
  }
  /// "stdout:text" of all that is to be published.
  std::vector<std::string> texts() {
    std::vector<std::string> out;
    for (const auto& event : publish())
      out.push_back(std::string(to_string(event.kind)) + ":" + event.data);
    return out;
  }

  int news = 0;
  LiveFeed::Clock::time_point now{1000h};
  LiveFeed feed;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a feed tells what begins, what is written and what ends, with ids that grow") {
  Bench bench(true, 3);
  bench.feed.stage("run");
  bench.feed.output(false, "out");
  bench.feed.output(true, "err");
  bench.feed.test(R"({"index":0})");
  CHECK(bench.news == 4);
  const auto events = bench.publish();
  REQUIRE(events.size() == 4);
  CHECK(events[0].id == 2'000'000'001);
  CHECK(events[0].kind == LiveEventKind::kStatus);
  CHECK(events[0].data == R"({"status":"RUNNING","stage":"run","attempt":3})");
  CHECK(events[1].kind == LiveEventKind::kStdout);
  CHECK(events[2].kind == LiveEventKind::kStderr);
  CHECK(events[3].id == 2'000'000'004);
  bench.feed.output(false, "more");
  CHECK(bench.publish().at(0).id == 2'000'000'005);
  CHECK(bench.feed.done());
}

TEST_CASE("output leaves at once after a pause, else in batches by time or size") {
  Bench bench;
  CHECK_FALSE(bench.feed.due());
  bench.chatter();
  bench.feed.output(false, "a");
  bench.feed.output(false, "b");
  CHECK_FALSE(bench.is_due());
  bench.now += 49ms;
  CHECK_FALSE(bench.is_due());
  bench.now += 1ms;
  CHECK(bench.is_due());
  CHECK(bench.texts() == Texts{"stdout:ab"});
  bench.feed.output(false, "c");
  CHECK_FALSE(bench.is_due());
  bench.now += 50ms;
  CHECK(bench.is_due());
  bench.publish();

  bench.feed.output(false, std::string(4095, 'x'));
  CHECK_FALSE(bench.is_due());
  bench.feed.output(true, "y");
  CHECK(bench.is_due());
  bench.publish();

  bench.feed.output(false, "late");
  CHECK_FALSE(bench.is_due());
  bench.now += 1h;
  bench.publish();
  for (int i = 1; i < LiveFeed::kBurst; ++i) {
    bench.feed.output(false, "again");
    CHECK(bench.is_due());
    bench.publish();
  }
  bench.feed.output(false, "again");
  CHECK_FALSE(bench.is_due());
}

TEST_CASE("the answer to what was typed leaves at once, however often that happens") {
  Bench bench;
  for (int line = 0; line < 10 * LiveFeed::kBurst; ++line) {
    bench.feed.typed();
    bench.feed.output(false, "answer");
    CHECK(bench.is_due());
    bench.publish();
  }
  bench.now += 1s;
  bench.chatter();
  bench.feed.output(false, "unasked");
  CHECK_FALSE(bench.is_due());
}

TEST_CASE("a stage and a test do not wait, and a stage does not hold up the first word") {
  Bench bench;
  bench.feed.stage("compile");
  CHECK(bench.is_due());
  bench.publish();
  bench.feed.stage("run");
  CHECK(bench.is_due());
  bench.publish();
  bench.chatter();
  bench.feed.output(false, "word");
  CHECK_FALSE(bench.is_due());
  bench.feed.test("{}");
  CHECK(bench.is_due());
  CHECK(bench.texts() == Texts{"stdout:word", "test:{}"});
}

TEST_CASE("what is left at the end does not wait") {
  Bench bench;
  bench.chatter();
  bench.feed.output(false, "b");
  CHECK_FALSE(bench.is_due());
  bench.feed.hurry();
  CHECK(bench.is_due());
  CHECK_FALSE(bench.feed.done());
  bench.publish();
  CHECK(bench.feed.done());
}

TEST_CASE("who follows late gets all from the beginning") {
  Bench bench(false);
  bench.feed.stage("run");
  bench.feed.output(false, "one ");
  bench.feed.output(false, "two");
  bench.feed.output(true, "three");
  CHECK(bench.news == 0);
  CHECK_FALSE(bench.feed.due());
  CHECK(bench.feed.done());
  CHECK(bench.feed.take(bench.now).events.empty());
  bench.feed.follow();
  CHECK(bench.news == 1);
  CHECK(bench.is_due());
  CHECK(bench.texts() == Texts{R"(status:{"status":"RUNNING","stage":"run","attempt":1})",
                               "stdout:one two", "stderr:three"});
}

TEST_CASE("a character leaves whole, whenever its bytes come") {
  Bench bench;
  const std::string text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";  // ä, €, and a face
  std::string got;
  for (const char byte : text) {
    bench.feed.output(false, std::string(1, byte));
    for (const auto& event : bench.publish()) {
      CHECK(unfinished_character(event.data) == 0);
      CHECK((static_cast<unsigned char>(event.data[0]) & 0xc0) != 0x80);
      got += event.data;
    }
  }
  CHECK(got == text);
}

TEST_CASE("each stream waits for its own character, and for the end of the step at most") {
  Bench bench;
  bench.feed.output(false, "x\xe2\x82");
  bench.feed.output(true, "y\xc3");
  CHECK(bench.texts() == Texts{"stdout:x", "stderr:y"});
  bench.feed.output(false, "\xac");
  CHECK(bench.texts() == Texts{"stdout:\xe2\x82\xac"});
  CHECK_FALSE(bench.feed.due());
  bench.feed.end_output();
  CHECK(bench.texts() == Texts{"stderr:\xc3"});
}

TEST_CASE("no event is larger than a row may be, and none ends within a character") {
  Bench bench;
  std::string text = "x";
  while (text.size() < 100'000) text += "\xe2\x82\xac";
  bench.feed.output(false, text);
  std::string got;
  for (const auto& event : bench.publish()) {
    CHECK(event.data.size() <= kMaxLivePiece);
    CHECK_FALSE(event.data.empty());
    CHECK(unfinished_character(event.data) == 0);
    got += event.data;
  }
  CHECK(got == text);
  bench.feed.output(false, std::string(50'000, '\xff'));
  got.clear();
  for (const auto& event : bench.publish()) got += event.data;
  CHECK(got == std::string(50'000, '\xff'));
}

TEST_CASE("streams that take turns for ever cost a bounded number of events, and no byte") {
  Bench bench(false);
  std::string out;
  std::string err;
  for (int i = 0; i < 50'000; ++i) {
    bench.feed.output(i % 2 == 1, i % 2 == 1 ? "e" : "o");
    (i % 2 == 1 ? err : out) += i % 2 == 1 ? "e" : "o";
  }
  bench.feed.follow();
  std::size_t events = 0;
  while (bench.feed.due()) {
    for (const auto& event : bench.publish()) {
      ++events;
      auto& rest = event.kind == LiveEventKind::kStderr ? err : out;
      rest.erase(0, event.data.size());
    }
  }
  CHECK(out.empty());
  CHECK(err.empty());
  CHECK(events < 5000);
}

TEST_CASE("a late follower's first batch is bounded, and the rest does not wait") {
  Bench bench(false);
  bench.feed.output(false, std::string(1 << 20, 'x'));
  bench.feed.follow();
  std::size_t all = 0;
  while (!bench.feed.done()) {
    CHECK(bench.is_due());
    std::size_t bytes = 0;
    for (const auto& event : bench.publish()) bytes += event.data.size();
    CHECK(bytes <= LiveFeed::kTakenBytes);
    all += bytes;
  }
  CHECK(all == 1 << 20);
}

TEST_CASE("what could not be published is taken again as it was, and what came since follows") {
  Bench bench;
  bench.feed.output(false, "a");
  CHECK(bench.feed.take(bench.now).events.at(0).data == "a");
  bench.feed.output(false, "b");
  CHECK(bench.is_due());
  const auto again = bench.feed.take(bench.now).events;
  REQUIRE(again.size() == 1);
  CHECK(again[0].id == 1);
  CHECK(again[0].data == "a");
  bench.feed.published();
  const auto next = bench.publish();
  REQUIRE(next.size() == 1);
  CHECK(next[0].id == 2);
  CHECK(next[0].data == "b");
}

TEST_CASE("what nobody has seen can be taken back, and nothing else") {
  Bench bench(false);
  bench.feed.stage("run");
  bench.feed.mark();
  bench.feed.output(false, "half a li\xe2");
  REQUIRE(bench.feed.rewind());
  bench.feed.output(false, "whole");
  bench.feed.follow();
  CHECK(bench.texts() ==
        Texts{R"(status:{"status":"RUNNING","stage":"run","attempt":1})", "stdout:whole"});
  CHECK_FALSE(bench.feed.rewind());

  Bench on_its_way;
  on_its_way.feed.mark();
  CHECK(on_its_way.feed.rewind());
  on_its_way.feed.output(false, "seen");
  on_its_way.feed.take(on_its_way.now);
  CHECK_FALSE(on_its_way.feed.rewind());
}

TEST_CASE("a closed feed says nothing any more") {
  Bench bench;
  bench.feed.output(false, "a");
  bench.feed.close();
  CHECK(bench.feed.done());
  CHECK_FALSE(bench.feed.due());
  bench.feed.output(false, "b");
  bench.feed.hurry();
  CHECK_FALSE(bench.feed.due());
  CHECK(bench.feed.take(bench.now).events.empty());
}
