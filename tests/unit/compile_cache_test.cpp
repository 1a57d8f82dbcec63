#include "worker/compile_cache.hpp"

#include <thread>

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

JobStep step(std::vector<std::string> argv = {"cc", "main.c"}) {
  JobStep s;
  s.argv = std::move(argv);
  s.environment = {"A=1"};
  s.collect = {"main"};
  return s;
}

const std::vector<JobFile> kFiles = {{"main.c", "int main;"}};

CompileCache::Entry entry(std::size_t bytes) {
  return {{{"main", std::string(bytes, 'x'), 0755}}, "out", "warning"};
}

}  // namespace

TEST_CASE("everything that decides what comes out is part of the key") {
  const auto key = CompileCache::key({"alice", ""}, "sha256:a", step(), kFiles);
  CHECK(CompileCache::key({"alice", ""}, "sha256:a", step(), kFiles) == key);
  CHECK(CompileCache::key({"bob", ""}, "sha256:a", step(), kFiles) != key);
  CHECK(CompileCache::key({"alice", "class 2"}, "sha256:a", step(), kFiles) != key);
  CHECK(CompileCache::key({"alice", ""}, "sha256:b", step(), kFiles) != key);
  CHECK(CompileCache::key({"alice", ""}, "sha256:a", step({"cc", "-O2", "main.c"}), kFiles) != key);
  CHECK(CompileCache::key({"alice", ""}, "sha256:a", step(), {{"main.c", "int main; "}}) != key);
  CHECK(CompileCache::key({"alice", ""}, "sha256:a", step(), {{"main.d", "int main;"}}) != key);
  auto other = step();
  other.environment = {"A=2"};
  CHECK(CompileCache::key({"alice", ""}, "sha256:a", other, kFiles) != key);
  other = step();
  other.collect = {"*.class"};
  CHECK(CompileCache::key({"alice", ""}, "sha256:a", other, kFiles) != key);
}

TEST_CASE("no two different inputs run together into one key") {
  CHECK(CompileCache::key({"a", ""}, "bc", step(), kFiles) !=
        CompileCache::key({"ab", ""}, "c", step(), kFiles));
  CHECK(CompileCache::key({"a", ""}, "b", step({"x", "y"}), kFiles) !=
        CompileCache::key({"a", ""}, "b", step({"x y"}), kFiles));
  CHECK(CompileCache::key({"a", ""}, "b", step({"x", "1:y"}), kFiles) !=
        CompileCache::key({"a", ""}, "b", step({"x1:y"}), kFiles));
  CHECK(CompileCache::key({"a", ""}, "b", step(), {{"n", "1:m"}}) !=
        CompileCache::key({"a", ""}, "b", step(), {{"n", ""}, {"m", ""}}));
}

TEST_CASE("what was put in is found, with the compiler's words") {
  CompileCache cache(1 << 20);
  CHECK_FALSE(cache.find("k"));
  cache.put("k", entry(100));
  const auto found = cache.find("k");
  REQUIRE(found);
  CHECK(found->outputs.at(0).content.size() == 100);
  CHECK(found->outputs.at(0).mode == 0755);
  CHECK(found->compiler_output == "out");
  CHECK(found->compiler_errors == "warning");
  cache.put("k", entry(5));  // a second time changes nothing
  CHECK(cache.find("k")->outputs.at(0).content.size() == 100);
}

TEST_CASE("the least recently used goes first, and the bound holds") {
  CompileCache cache(40'000);
  for (const char* key : {"a", "b", "c", "d"}) cache.put(key, entry(9'000));
  CHECK(cache.find("a"));
  cache.put("e", entry(9'000));
  CHECK(cache.find("a"));
  CHECK_FALSE(cache.find("b"));
  CHECK(cache.find("c"));
}

TEST_CASE("what is too large is not kept, and a cache of nothing keeps nothing") {
  CompileCache cache(40'000);
  cache.put("large", entry(11'000));
  CHECK_FALSE(cache.find("large"));
  CompileCache none(0);
  none.put("k", {});
  CHECK_FALSE(none.find("k"));
}

TEST_CASE("threads may use it together") {
  CompileCache cache(100'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 500; ++i) {
        const auto key = std::to_string((i + t) % 20);
        if (const auto found = cache.find(key); found && found->outputs.size() != 1) std::abort();
        cache.put(key, entry(5'000));
      }
    });
  for (auto& thread : threads) thread.join();
}
