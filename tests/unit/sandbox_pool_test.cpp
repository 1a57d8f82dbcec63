#include "worker/sandbox_pool.hpp"

#include <atomic>
#include <set>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_docker.hpp"
#include "tests/support/own_process.hpp"
#include "worker/container_scope.hpp"
#include "worker/worker_metrics.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;
using runyard::test::fake_class;
using runyard::test::FakeDocker;

namespace {

using Clock = std::chrono::steady_clock;

const Tenant kAlice{"alice", ""};
const Tenant kBob{"bob", ""};

/// A pool of sandboxes on a fake docker.
struct Bench {
  explicit Bench(PoolSettings settings = {}) : pool(settings, factory()) {}

  SandboxFactory factory() {
    return [this](const SandboxClass& sandbox_class, int index) {
      {
        const std::lock_guard lock(mutex);
        ++made[sandbox_class];
        indexes.push_back(index);
      }
      return std::make_unique<Sandbox>(processes, docker.settings(), sandbox_class, 20000, 10s);
    };
  }
  int made_of(const SandboxClass& sandbox_class) {
    const std::lock_guard lock(mutex);
    return made[sandbox_class];
  }
  SandboxLoan borrow(const Tenant& tenant, const SandboxClass& sandbox_class = fake_class(),
                     bool reuse = true) {
    return pool.borrow(sandbox_class, tenant, reuse, Clock::now() + 10s);
  }
  /// True when a borrower was told this. On a busy machine his time may be over before the engine
  /// has answered once; the next one is told what it answered then.
  bool refuses(const std::string& why) {
    return await([&] {
      try {
        pool.borrow(fake_class(), kAlice, true, Clock::now() + 300ms);
        return false;
      } catch (const SandboxError& e) {
        return std::string(e.what()).find(why) != std::string::npos;
      }
    });
  }
  /// Runs a job in it, so that it counts, and gives it back.
  void use_and_return(SandboxLoan loan, const Tenant& tenant, bool clean = true) {
    StopSignal stop;
    loan.sandbox->run(test::fake_job({"say", "x"}), stop, {});
    loan.sandbox->finish();
    pool.give_back(std::move(loan), tenant, clean);
  }

  FakeDocker docker;
  std::mutex mutex;
  std::map<SandboxClass, int> made;  // under mutex
  std::vector<int> indexes;          // under mutex
  ProcessHost processes;
  SandboxPool pool;
};

}  // namespace

TEST_CASE("a sandbox is made when somebody wants one, and not a second one") {
  Bench bench;
  auto loan = bench.borrow(kAlice);
  REQUIRE(loan.sandbox);
  CHECK_FALSE(loan.reused);
  // A creator that saw the borrower still waiting would be starting another by now.
  CHECK_FALSE(await([&] { return bench.made_of(fake_class()) > 1; }, 200ms));
  CHECK(bench.pool.idle() == 0);
  bench.use_and_return(std::move(loan), kAlice);
  CHECK(bench.pool.idle() == 1);
}

TEST_CASE("the same tenant gets its own sandbox again") {
  Bench bench;
  auto first = bench.borrow(kAlice);
  const auto name = first.sandbox->name();
  bench.use_and_return(std::move(first), kAlice);
  const auto again = bench.borrow(kAlice);
  CHECK(again.reused);
  CHECK(again.sandbox->name() == name);
}

TEST_CASE("what becomes of sandboxes is counted") {
  auto& counted = sandbox_metrics();
  const auto started = counted.started.value();
  const auto reused = counted.lent_reused.value();
  const auto times = counted.start_time.count();
  const auto unclean = [] {
    const auto text = metrics::registry().text();
    const std::string name = "runyard_sandbox_destroyed_total{reason=\"unclean\"} ";
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + name.size()));
  };
  count_destroyed(Destroyed::kUnclean);
  const auto destroyed = unclean();
  Bench bench;
  bench.use_and_return(bench.borrow(kAlice), kAlice);
  CHECK(counted.started.value() == started + 1);
  CHECK(counted.start_time.count() == times + 1);
  CHECK(bench.pool.counts().parked == 1);
  auto again = bench.borrow(kAlice);
  CHECK(counted.lent_reused.value() == reused + 1);
  CHECK(bench.pool.counts().lent == 1);
  CHECK(bench.pool.counts().parked == 0);
  bench.use_and_return(std::move(again), kAlice, false);
  CHECK(unclean() == destroyed + 1);
  CHECK(bench.pool.counts().lent == 0);
}

TEST_CASE("what an agent says of a taint becomes no label of its own") {
  count_taint("a limit was hit");
  count_taint("x\"} 1\nforged 1");
  const auto text = metrics::registry().text();
  CHECK(text.find("runyard_sandbox_taints_total{reason=\"a limit was hit\"} ") !=
        std::string::npos);
  CHECK(text.find("forged") == std::string::npos);
}

TEST_CASE("no sandbox serves two tenants") {
  Bench bench;
  std::map<std::string, std::string> served;  // sandbox -> tenant
  const std::vector<Tenant> tenants = {kAlice, kBob, {"alice", "exam"}, {"", "alice"}};
  for (int round = 0; round < 3; ++round)
    for (const auto& tenant : tenants) {
      auto loan = bench.borrow(tenant);
      const auto who = tenant.owner + "/" + tenant.isolation_key;
      const auto [entry, fresh] = served.emplace(loan.sandbox->name(), who);
      CHECK(entry->second == who);
      CHECK(loan.reused == !fresh);
      bench.use_and_return(std::move(loan), tenant);
    }
  CHECK(served.size() == tenants.size());
}

TEST_CASE("a sandbox of another class does not do") {
  Bench bench;
  bench.use_and_return(bench.borrow(kAlice), kAlice);
  auto larger = fake_class();
  larger.memory_kb *= 2;
  CHECK_FALSE(bench.borrow(kAlice, larger).reused);
  auto busier = fake_class();
  busier.processes += 1;
  CHECK_FALSE(bench.borrow(kAlice, busier).reused);
  CHECK_FALSE(bench.borrow(kAlice, fake_class("sha256:b")).reused);
}

TEST_CASE("who asks for a fresh sandbox gets one that nobody has used") {
  Bench bench;
  bench.use_and_return(bench.borrow(kAlice), kAlice);
  const auto loan = bench.borrow(kAlice, fake_class(), false);
  CHECK_FALSE(loan.reused);
  CHECK(loan.sandbox->jobs() == 0);
}

TEST_CASE("what is not clean is destroyed") {
  Bench bench;
  bench.use_and_return(bench.borrow(kAlice), kAlice, false);
  CHECK(bench.pool.idle() == 0);
  CHECK_FALSE(bench.borrow(kAlice).reused);
  CHECK(await([] { return test::children() == 0; }));
}

TEST_CASE("a sandbox serves so many jobs and no more") {
  PoolSettings settings;
  settings.max_jobs = 2;
  Bench bench(settings);
  bench.use_and_return(bench.borrow(kAlice), kAlice);
  auto second = bench.borrow(kAlice);
  CHECK(second.reused);
  bench.use_and_return(std::move(second), kAlice);
  CHECK_FALSE(bench.borrow(kAlice).reused);
}

TEST_CASE("a parked sandbox goes when it has waited too long, or is too old") {
  PoolSettings settings;
  SECTION("waited") { settings.max_idle = 0s; }
  SECTION("old") { settings.max_age = 0s; }
  Bench bench(settings);
  bench.use_and_return(bench.borrow(kAlice), kAlice);
  bench.pool.tidy();
  CHECK(bench.pool.idle() == 0);
}

TEST_CASE("one whose client has died is never lent") {
  Bench bench;
  bench.docker.run_as({"dies", "good"});
  bench.pool.keep_warm({{fake_class(), 1}});
  REQUIRE(await([&] { return bench.pool.idle() == 1; }));
  REQUIRE(await([] { return test::children() == 0; }));
  StopSignal stop;
  const auto loan = bench.borrow(kAlice);
  CHECK(loan.sandbox->run(test::fake_job({"say", "alive"}), stop, {}).at(0).output == "alive\n");
}

TEST_CASE("dead ones that wait are replaced") {
  Bench bench;
  bench.docker.run_as({"dies", "good"});
  bench.pool.keep_warm({{fake_class(), 1}});
  REQUIRE(await([&] {
    bench.pool.tidy();
    return bench.made_of(fake_class()) == 2 && bench.pool.idle() == 1;
  }));
}

TEST_CASE("as many fresh ones as asked are held ready, and those of a replaced image go") {
  Bench bench;
  bench.pool.keep_warm({{fake_class("sha256:old"), 2}});
  REQUIRE(await([&] { return bench.pool.idle() == 2; }));
  const auto loan = bench.borrow(kAlice, fake_class("sha256:old"));
  CHECK(await([&] { return bench.pool.idle() == 2; }));  // made up for
  bench.pool.keep_warm({{fake_class("sha256:new"), 1}});
  CHECK(await(
      [&] { return bench.made_of(fake_class("sha256:new")) == 1 && bench.pool.idle() == 1; }));
  CHECK(bench.made_of(fake_class("sha256:old")) == 3);
}

TEST_CASE("the cap holds: the longest parked one goes for a new one") {
  PoolSettings settings;
  settings.max_sandboxes = 2;
  Bench bench(settings);
  bench.use_and_return(bench.borrow(kAlice), kAlice);
  bench.use_and_return(bench.borrow(kBob), kBob);
  CHECK(bench.pool.idle() == 2);
  bench.use_and_return(bench.borrow({"carol", ""}), {"carol", ""});
  CHECK(bench.pool.idle() == 2);
  CHECK(bench.borrow(kBob).reused);
  CHECK_FALSE(bench.borrow(kAlice).reused);
}

TEST_CASE("who waits gets a sandbox although the cap is reached by those at work") {
  PoolSettings settings;
  settings.max_sandboxes = 1;
  Bench bench(settings);
  const auto first = bench.borrow(kAlice);
  const auto second = bench.borrow(kBob);
  CHECK(second.sandbox->alive());
}

TEST_CASE("the number of a sandbox that has just ended is not given to the next one") {
  // Its container may take a moment to end, and two that live must not share user ids.
  Bench bench;
  for (int i = 0; i < 4; ++i) bench.use_and_return(bench.borrow(kAlice), kAlice, false);
  const std::lock_guard lock(bench.mutex);
  CHECK(std::set<int>(bench.indexes.begin(), bench.indexes.end()).size() == 4);
}

TEST_CASE("an engine that fails is sick after three times, is not hammered, and gets well") {
  Bench bench;
  bench.docker.run_as({"exit125"});
  const auto begin = Clock::now();
  CHECK(bench.pool.healthy());
  bench.pool.keep_warm({{fake_class(), 1}});
  REQUIRE(await([&] { return !bench.pool.healthy(); }));
  CHECK(await([&] { return bench.made_of(fake_class()) >= 4; }));
  // 200, 400, 800 ms between them, by two creators.
  CHECK(Clock::now() - begin > 600ms);
  CHECK(bench.made_of(fake_class()) <= 8);
  bench.docker.run_as({"good"});
  CHECK(await([&] { return bench.pool.healthy(); }));
  CHECK(bench.pool.idle() == 1);
}

TEST_CASE("a sick engine that nobody would try again becomes healthy by itself") {
  Bench bench;  // nothing is held ready here, so only a claim would find out
  bench.docker.run_as({"exit125"});
  CHECK(bench.refuses("no such image"));
  CHECK(await([&] { return bench.pool.healthy(); }, 10s));
  bench.docker.run_as({"good"});
  CHECK(bench.borrow(kAlice).sandbox);
}

TEST_CASE("who waits for a sandbox of a sick engine is told why") {
  Bench bench;
  bench.docker.run_as({"refuse"});
  CHECK(bench.refuses("a capability is missing"));
}

TEST_CASE("many borrowers at once each get a sandbox of their own") {
  Bench bench;
  std::mutex mutex;
  std::set<std::string> lent;  // under mutex
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      const Tenant tenant{"owner" + std::to_string(t % 3), ""};
      for (int i = 0; i < 8; ++i) {
        auto loan = bench.borrow(tenant, fake_class(), i % 4 != 3);
        const auto name = loan.sandbox->name();
        {
          const std::lock_guard lock(mutex);
          if (!lent.insert(name).second) return;
        }
        StopSignal stop;
        if (loan.sandbox->run(test::fake_job({"say", name}), stop, {}).at(0).output == name + "\n")
          ++good;
        const bool clean = loan.sandbox->finish();
        {
          const std::lock_guard lock(mutex);
          lent.erase(name);
        }
        bench.pool.give_back(std::move(loan), tenant, clean && i % 5 != 4);
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(good == 48);
}

TEST_CASE("the end of a pool leaves no process and no descriptor") {
  const int before = test::open_fds();
  {
    Bench bench;
    bench.pool.keep_warm({{fake_class(), 3}});
    bench.use_and_return(bench.borrow(kAlice), kAlice);
    CHECK(await([&] { return bench.pool.idle() == 4; }));
  }
  CHECK(test::open_fds() == before);
  CHECK(test::children() == 0);
}

namespace {

PoolSettings with_memory(std::int64_t kb) {
  PoolSettings settings;
  settings.memory_kb = kb;
  return settings;
}

SandboxClass of_memory(std::int64_t kb) {
  auto sandbox_class = fake_class();
  sandbox_class.memory_kb = kb;
  return sandbox_class;
}

}  // namespace

TEST_CASE("what runs at a time asks for no more memory than there is") {
  Bench bench(with_memory(100'000));
  auto first = bench.borrow(kAlice, of_memory(60'000));
  auto small = bench.borrow(kAlice, of_memory(40'000));
  CHECK(bench.pool.counts().lent_kb == 100'000);
  std::atomic<bool> lent{false};
  std::thread waiting([&] {
    // A deadline that is long over when it comes: waiting for memory is nobody's failure.
    auto loan = bench.pool.borrow(of_memory(60'000), kBob, true, Clock::now() + 10s);
    lent = true;
    bench.pool.give_back(std::move(loan), kBob, true);
  });
  CHECK(await([&] { return bench.pool.counts().await_memory == 1; }));
  bench.use_and_return(std::move(small), kAlice);
  CHECK_FALSE(lent);  // 60 of 100 are lent, 60 more do not fit
  bench.use_and_return(std::move(first), kAlice);
  waiting.join();
  CHECK(lent);
  CHECK(bench.pool.counts().lent_kb == 0);
}

TEST_CASE("a large one has its turn, however many small ones come") {
  Bench bench(with_memory(100'000));
  auto running = bench.borrow(kAlice, of_memory(30'000));
  std::mutex mutex;
  std::vector<std::int64_t> order;
  const auto borrow = [&](std::int64_t kb) {
    return std::thread([&, kb] {
      auto loan = bench.borrow(kBob, of_memory(kb));
      {
        const std::lock_guard lock(mutex);
        order.push_back(kb);
      }
      bench.pool.give_back(std::move(loan), kBob, true);
    });
  };
  auto large = borrow(90'000);
  CHECK(await([&] { return bench.pool.counts().await_memory == 1; }));
  auto small = borrow(20'000);  // it would fit
  CHECK(await([&] { return bench.pool.counts().await_memory == 2; }));
  bench.use_and_return(std::move(running), kAlice);
  large.join();
  small.join();
  CHECK(order == std::vector<std::int64_t>{90'000, 20'000});
}

TEST_CASE("what asks for more than there ever is runs alone") {
  Bench bench(with_memory(50'000));
  auto loan = bench.borrow(kAlice, of_memory(60'000));
  std::atomic<bool> lent{false};
  std::thread waiting([&] {
    bench.pool.give_back(bench.borrow(kBob, of_memory(1'000)), kBob, true);
    lent = true;
  });
  CHECK(await([&] { return bench.pool.counts().await_memory == 1; }));
  CHECK_FALSE(lent);
  bench.use_and_return(std::move(loan), kAlice);
  waiting.join();
}

TEST_CASE("live runs leave half of the memory to others") {
  Bench bench(with_memory(100'000));
  const Borrower live{nullptr, true};
  auto first = bench.pool.borrow(of_memory(50'000), kAlice, true, Clock::now() + 10s, live);
  std::thread waiting([&] {
    auto loan = bench.pool.borrow(of_memory(10'000), kBob, true, Clock::now() + 10s, live);
    bench.pool.give_back(std::move(loan), kBob, true);
  });
  CHECK(await([&] { return bench.pool.counts().await_memory == 1; }));
  bench.use_and_return(bench.borrow(kBob, of_memory(50'000)), kBob);
  CHECK(bench.pool.counts().await_memory == 1);
  bench.use_and_return(std::move(first), kAlice);
  waiting.join();
  CHECK(bench.pool.counts().lent_kb == 0);
}

TEST_CASE("who is cancelled waits for no memory") {
  Bench bench(with_memory(100'000));
  auto first = bench.borrow(kAlice, of_memory(100'000));
  StopSignal stop;
  std::thread waiting([&] {
    auto loan = bench.pool.borrow(of_memory(10'000), kBob, true, Clock::now() + 10s, {&stop});
    bench.pool.give_back(std::move(loan), kBob, true);
  });
  CHECK(await([&] { return bench.pool.counts().await_memory == 1; }));
  stop.cancel();
  waiting.join();
  CHECK(bench.pool.counts().lent_kb == 100'000);
  bench.use_and_return(std::move(first), kAlice);
}
