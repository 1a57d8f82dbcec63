#include <future>
#include <thread>

#include "fcgi-app/answer_room.hpp"
#include "fcgi-app/byte_range.hpp"
#include "fcgi-app/held_body.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace std::chrono_literals;

TEST_CASE("a room never gives more than it has, and gets it back") {
  AnswerRoom room({100, 4, 0ms});
  auto most = room.take(80);
  CHECK_THROWS_AS(room.take(21), AnswersFull);
  CHECK_FALSE(room.try_take(21));
  CHECK(room.try_take(20));
  most->shrink(10);
  CHECK(room.taken() == 10);
  CHECK(room.take(90));
  most.reset();
  CHECK(room.take(1'000));  // larger than all: alone
  CHECK(room.taken() == 0);
}

TEST_CASE("who waits for room gets it in the order of coming, and only so many wait") {
  AnswerRoom room({100, 1, 10s});
  auto held = room.take(100);
  auto waits = std::async(std::launch::async, [&] { return room.take(100)->bytes(); });
  while (room.waiting() == 0) std::this_thread::yield();
  CHECK_THROWS_AS(room.take(1), AnswersFull);
  held.reset();
  CHECK(waits.get() == 100);
}

TEST_CASE("a request holds the largest that it needed, until its answer is gone") {
  AnswerRoom room({100, 1, 0ms});
  AnswerScope::need(&room, 50);  // no request: nothing is held
  CHECK(room.taken() == 0);
  std::shared_ptr<AnswerRoom::Place> place;
  {
    AnswerScope scope;
    AnswerScope::need(nullptr, 50);
    AnswerScope::need(&room, 30);
    AnswerScope::need(&room, 70);
    AnswerScope::need(&room, 20);
    CHECK(room.taken() == 70);
    CHECK_THROWS_AS(room.take(40), AnswersFull);
    place = scope.release();
  }
  HeldBody body(std::string(200'000, 'x'), std::move(place));
  std::string all;
  for (auto part = body.read();; part = body.read()) {
    CHECK(part.bytes.size() <= 65'536);
    all += part.bytes;
    if (part.over) break;
  }
  CHECK(all == std::string(200'000, 'x'));
  CHECK(room.taken() == 70);
}

TEST_CASE("a range of bytes is read as RFC 9110 has it") {
  const auto is = [](const char* header, bool last, std::int64_t first, std::int64_t length) {
    const auto range = parse_byte_range(header);
    return range && range->last_bytes == last && range->first == first && range->length == length;
  };
  CHECK(is("bytes=0-99", false, 0, 100));
  CHECK(is("Bytes=5-5", false, 5, 1));
  CHECK(is("bytes=-7", true, 0, 7));
  CHECK(is("bytes=3-", false, 3, (1 << 30) - 3 + 1));
  CHECK(parse_byte_range("bytes=0-99999999999999999999999"));
  for (const char* other : {"", "bytes", "bytes=", "bytes=-", "bytes=1", "bytes=2-1",
                            "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=+1-2", "bytes= "})
    CHECK_FALSE(parse_byte_range(other));
}
