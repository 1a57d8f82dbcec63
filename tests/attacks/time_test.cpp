// SECURITY.md's group "Time": every way to use more of it than allowed.
#include "tests/support/at_best.hpp"
#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

void check_cpu_limit(const std::string& program) {
  const auto used = at_best(600, [&] {
    const auto ended =
        Attack(program).limit("wall_ms", 10000).limit("cpu_ms", 300).ends_as({"CPU_TIME"}).run();
    CHECK(ended.text("status") == "TIMEOUT");
    CHECK_THAT(ended.text("message"), contains("CPU time limit of 300 ms exceeded: used "));
    return ended.number("cpu_time_ms");
  });
  CHECK(used >= 300);
  CHECK(used < 600);
}

}  // namespace

TEST_CASE("time: sleeping meets the wall limit") {
  const auto stopped_after = at_best(600, [] {
    const auto ended = Attack("time/sleep.py").limit("wall_ms", 500).ends_as({"WALL_TIME"}).run();
    CHECK(ended.text("status") == "TIMEOUT");
    CHECK_THAT(ended.text("message"),
               contains("wall time limit of 500 ms exceeded: stopped after "));
    return ended.number("execution_time");
  });
  CHECK(stopped_after >= 500);
  CHECK(stopped_after < 600);
}

TEST_CASE("time: a busy loop meets the CPU limit") { check_cpu_limit("time/busy.c"); }

TEST_CASE("time: children that each stay below the CPU limit meet it together") {
  check_cpu_limit("time/child_after_child.c");
}

TEST_CASE("time: orphans that each stay below the CPU limit meet it together") {
  check_cpu_limit("time/orphans.c");
}

TEST_CASE("time: work in the kernel counts as CPU time") {
  check_cpu_limit("time/in_the_kernel.c");
}

TEST_CASE("time: catching SIGXCPU and all the others does not help") {
  check_cpu_limit("time/signal_caught.c");
}

TEST_CASE("time: a thousand tests end one by one and each keeps its own limits") {
  std::string tests;
  for (int i = 0; i < 1000; ++i)
    tests += std::string(i == 0 ? "" : ",") + R"({"expected_output":"ok"})";
  const auto ended = Attack("time/near_the_limit.c")
                         .limit("wall_ms", 2000)
                         .with("\"tests\":[" + tests + "]")
                         .run();
  REQUIRE(ended.at("tests")->array()->size() == 1000);
  CHECK(ended.text_below("tests.999.verdict") == "PASSED");
}
