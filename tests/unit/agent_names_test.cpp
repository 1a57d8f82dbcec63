#include "agent/files.hpp"
#include "agent/job.hpp"
#include "tests/support/catch.hpp"

using namespace runyard::agent;

TEST_CASE("Names are UTF-8 as Unicode defines it, or no names for a job") {
  for (const char* good : {"", "a", "\xc3\xbc", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(good));
  for (const char* bad : {"a\xff", "\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
    CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("What a job takes of memory counts pages, and a large file twice only once") {
  Job job;
  CHECK(job.needed_bytes() == 0);
  job.files.resize(1000);
  for (auto& file : job.files) file.size = 1;
  CHECK(job.needed_bytes() > 1000 * 4096);
  job.files.assign(2, {"big", 10'000'000});
  CHECK(job.needed_bytes() > 30'000'000);
  CHECK(job.needed_bytes() < 31'000'000);
}
