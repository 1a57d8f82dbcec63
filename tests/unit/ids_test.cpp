#include "core/ids.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE("a new id is a UUID of version 7 with the time in front") {
  using std::chrono::system_clock;
  const auto id = new_uuid7(system_clock::time_point(std::chrono::milliseconds(0x0123456789ab)));
  CHECK(is_uuid(id));
  CHECK(id.substr(0, 15) == "01234567-89ab-7");
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
}

TEST_CASE("ids of one thread sort as they were made") {
  std::vector<std::string> ids;
  for (int i = 0; i < 3000; ++i) ids.push_back(new_uuid7());
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
}

TEST_CASE("ids of several threads differ") {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& list : made)
    threads.emplace_back([&list] {
      for (int i = 0; i < 500; ++i) list.push_back(new_uuid7());
    });
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& list : made) all.insert(list.begin(), list.end());
  CHECK(all.size() == 2000);
}

TEST_CASE("only the canonical form is a UUID") {
  CHECK(is_uuid("00000000-0000-0000-0000-000000000000"));
  CHECK(is_uuid("ABCDEF01-2345-6789-abcd-EF0123456789"));
  for (const char* wrong :
       {"", "0", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000",
        "00000000x0000-0000-0000-000000000000", "{0000000-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-00000000000g", "00000000-0000-0000-0000-00000000000 ",
        "0000000000000000-0000-0000-000000000"})
    CHECK_FALSE(is_uuid(wrong));
  CHECK_FALSE(is_uuid(std::string_view("00000000-0000-0000-0000-00000000000\0", 36)));
}

TEST_CASE("random digits are as many as asked, and differ") {
  CHECK(random_hex(0).empty());
  const auto text = random_hex(16);
  CHECK(text.size() == 32);
  CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(random_hex(16) != text);
}
