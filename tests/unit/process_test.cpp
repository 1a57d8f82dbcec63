#include "worker/process.hpp"

#include <signal.h>
#include <unistd.h>

#include <system_error>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/own_process.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;

namespace {

Command shell(const std::string& text) { return {{"/bin/sh", "-c", text}, {"PATH=/usr/bin:/bin"}}; }

}  // namespace

TEST_CASE("a command's output, errors and end are captured") {
  ProcessHost host;
  const auto good = host.run(shell("echo out; echo err >&2"), 10s);
  CHECK(good.ok);
  CHECK_FALSE(good.timed_out);
  CHECK(good.out == "out\n");
  CHECK(good.err == "err\n");
  CHECK_FALSE(host.run(shell("exit 9"), 10s).ok);
  CHECK_FALSE(host.run(shell("kill -9 $$"), 10s).ok);
}

TEST_CASE("a child has exactly the environment that it was given, and no other descriptors") {
  ProcessHost host;
  CHECK(host.run({{"/usr/bin/env"}, {"A=1", "B=x=y"}}, 10s).out == "A=1\nB=x=y\n");
  // Those of this process that whoever started it left open are not ours to judge.
  const auto list = shell("ls /proc/self/fd | tr '\\n' ' '");
  const auto before = host.run(list, 10s).out;
  const auto kept = host.spawn(shell("read line"));  // its pipes must not reach the next child
  CHECK(host.run(list, 10s).out == before);
}

TEST_CASE("a command that overstays its deadline is killed") {
  ProcessHost host;
  const auto begin = std::chrono::steady_clock::now();
  const auto late = host.run(shell("trap '' TERM; echo so far; exec sleep 60"), 2s);
  CHECK(late.timed_out);
  CHECK_FALSE(late.ok);
  CHECK(late.out == "so far\n");
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
  CHECK(await([] { return test::children() == 0; }));
}

TEST_CASE("a flood of output is drained, and kept up to a bound") {
  ProcessHost host;
  const auto flood = host.run(shell("head -c 3000000 /dev/zero"), 20s);
  CHECK(flood.ok);
  CHECK(flood.out.size() == 1024 * 1024);
}

TEST_CASE("a program that does not exist is an error that names it") {
  ProcessHost host;
  CHECK_THROWS_WITH(host.spawn({{"/no/such/program"}, {}}), test::contains("/no/such/program"));
  CHECK_FALSE(host.run({{"/no/such/program"}, {}}, 1s).ok);
}

TEST_CASE("killing a child that has ended hits nobody") {
  ProcessHost host;
  auto child = host.spawn(shell("exit 0"));
  REQUIRE(await([&] { return child.exited(); }));
  child.kill();
  CHECK(host.run(shell("exit 0"), 10s).ok);
}

TEST_CASE("a child that runs can be killed, and is reaped") {
  ProcessHost host;
  auto child = host.spawn(shell("trap '' TERM; echo here; exec sleep 60"));
  CHECK_FALSE(child.exited());
  child.kill();
  CHECK(await([&] { return child.exited(); }));
  CHECK(test::children() == 0);
}

TEST_CASE("a child sees the end of its input when the worker lets go of it") {
  ProcessHost host;
  auto child = host.spawn(shell("while read line; do :; done"));
  child.in.reset();
  CHECK(await([&] { return child.exited(); }));
}

TEST_CASE("a timer may start and kill children") {
  ProcessHost host;
  auto child = std::make_shared<Child>(host.spawn(shell("exec sleep 60")));
  std::promise<bool> started;
  host.after(1ms, [&] {
    child->kill();
    auto other = host.spawn(shell("exit 0"));
    started.set_value(other.pid() > 0);
  });
  auto answer = started.get_future();
  REQUIRE(answer.wait_for(10s) == std::future_status::ready);
  CHECK(answer.get());
  CHECK(await([&] { return child->exited(); }));
}

TEST_CASE("many children at once leave no zombie and no descriptor") {
  const int before = test::open_fds();
  {
    ProcessHost host;
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) good += host.run(shell("echo x"), 20s).out == "x\n" ? 1 : 0;
      });
    for (auto& thread : threads) thread.join();
    CHECK(good == 40);
    CHECK(test::children() == 0);
  }
  CHECK(test::open_fds() == before);
}

TEST_CASE("the end of the host is the end of its children") {
  const int before = test::open_fds();
  {
    ProcessHost host;
    auto stubborn = host.spawn(shell("trap '' TERM HUP; exec sleep 60"));
    host.after(60s, [] { FAIL("a timer outlived its host"); });
    CHECK(test::children() == 1);
  }
  CHECK(test::children() == 0);
  CHECK(test::open_fds() == before);
}
