// Rows 1, 2 and 7: what a sandbox costs, seen with the shortest program that starts a whole
// interpreter.
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "tests/bench/bare.hpp"
#include "tests/bench/containers.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/rows.hpp"

namespace runyard::bench {
namespace {

constexpr int kClients = 8;
// As many as the worker starts at the same time (its setting `creators`).
constexpr int kCreators = 2;
// In this time the pool has a fresh sandbox again.
constexpr auto kRefill = std::chrono::milliseconds(900);

void append(std::vector<double>& all, const std::vector<double>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// Rate and CPU of one turn.
struct Busy {
  double rate = 0;
  double cpu_ms = 0;  ///< a run, of the whole machine without this process
};

Busy measure_busy(int runs, const std::function<double()>& seconds_of_work) {
  const double cpu = machine_cpu_s() - own_cpu_s();
  const double wall = seconds_of_work();
  return {runs / wall, (machine_cpu_s() - own_cpu_s() - cpu) / runs * 1e3};
}

/// `docker run --rm` of the language's hello, once; throws Failure when it prints something else.
void docker_run(const Stack& stack, const BenchLanguage& language) {
  const auto output =
      stack.output_of({stack.docker, "run", "--rm", "--pull", "never", "--network", "none",
                       "--entrypoint", language.bare_run[0], language.image, "-c", language.hello});
  if (output != kHello) throw Failure("docker run printed " + output);
}

double docker_run_rate(const Stack& stack, const BenchLanguage& language, int runs) {
  std::atomic<int> left{runs};
  std::mutex mutex;
  std::exception_ptr error;
  const double begun = now_s();
  std::vector<std::thread> threads;
  for (int i = 0; i < kCreators; ++i)
    threads.emplace_back([&] {
      try {
        while (left-- > 0) docker_run(stack, language);
      } catch (...) {
        const std::lock_guard lock(mutex);
        error = std::current_exception();
      }
    });
  for (auto& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
  return runs / (now_s() - begun);
}

}  // namespace

void python_one_client(Bench& bench) {
  const auto& python = bench.stack.language("python");
  Bare bare(bench.stack, python);
  bare.file(python.source, python.hello);
  HttpClient client(bench.stack);
  const auto submission = Submission{"python", python.hello, {}}.json();
  std::vector<double> all_ours, all_bare;
  const auto ours = [&](int times) {
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) ms.push_back(run_checked(client, submission, kHello).ms);
    append(all_ours, ms);
    return median(ms);
  };
  const auto theirs = [&](int times) {
    const auto result = bare.run({{python.bare_run, ""}}, kHello, times);
    append(all_bare, result.run_ms);
    return median(result.run_ms);
  };
  ours(20);
  theirs(20);
  all_ours.clear();
  all_bare.clear();
  const auto turns = bench.by_turns(
      "1", [&] { return ours(bench.count(100)); }, [&] { return theirs(bench.count(100)); });
  bench.report.figures.push_back(figure_of_turns("1", "Python hello, POST ?wait, 1 client, median",
                                                 "ms", turns, Judged::kRatio, 1.4));
  // Too few runs a round for a 99th percentile: over all rounds, against bare's median.
  Figure tail = bench.report.figures.back();
  tail.what = "Python hello, 1 client, p99 (bare's p99: " +
              std::to_string(percentile(all_bare, 0.99)).substr(0, 5) + " ms)";
  tail.measured = percentile(all_ours, 0.99);
  tail.bare = median(all_bare);
  tail.value = tail.measured / tail.bare;
  tail.target = 2.5;
  tail.rounds = tail.bare_rounds = {};
  bench.report.figures.push_back(tail);
}

void python_many_clients(Bench& bench) {
  const auto& python = bench.stack.language("python");
  Bare bare(bench.stack, python);
  bare.file(python.source, python.hello);
  const auto submission = Submission{"python", python.hello, {}}.json();
  const int runs = bench.count(300);
  Turns cpu;
  const auto ours = [&](int times) {
    return run_load(bench.stack, kClients, times, 0, 0,
                    [&](HttpClient& one) { run_checked(one, submission, kHello); })
        .wall_s;
  };
  const auto theirs = [&](int times) {
    return bare.run({{python.bare_run, ""}}, kHello, times, cores()).wall_s;
  };
  ours(40);
  theirs(40);
  const auto rates = bench.by_turns(
      "2",
      [&] {
        const auto busy = measure_busy(runs, [&] { return ours(runs); });
        cpu.ours.push_back(busy.cpu_ms);
        return busy.rate;
      },
      [&] {
        const auto busy = measure_busy(runs, [&] { return theirs(runs); });
        cpu.bare.push_back(busy.cpu_ms);
        return busy.rate;
      });
  bench.report.figures.push_back(figure_of_turns("2", "Python hello, 8 clients, rate", "/s", rates,
                                                 Judged::kRatio, 0.65, false));
  bench.report.figures.push_back(figure_of_turns(
      "2", "Python hello, 8 clients, CPU of everything per run", "ms", cpu, Judged::kRatio, 1.4));
}

void fresh_sandboxes(Bench& bench) {
  const auto& python = bench.stack.language("python");
  Bare bare(bench.stack, python);
  bare.file(python.source, python.hello);
  HttpClient client(bench.stack);
  const auto submission = Submission{"python", python.hello, {{"isolation", "\"fresh\""}}}.json();
  const auto run_fresh = [&](HttpClient& one) {
    const auto ran = run_checked(one, submission, kHello);
    const auto* sandbox = ran.execution.find("sandbox");
    const auto* reused = sandbox ? sandbox->find("reused") : nullptr;
    if (!reused || !reused->boolean() || *reused->boolean())
      throw Failure("an execution that asked for a fresh sandbox did not get one");
    return ran.ms;
  };
  const auto paced = [&](int times) {
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) {
      std::this_thread::sleep_for(kRefill);
      ms.push_back(run_fresh(client));
    }
    std::this_thread::sleep_for(kRefill);
    return median(ms);
  };
  paced(2);
  const auto turns = bench.by_turns(
      "7", [&] { return paced(bench.count(6)); },
      [&] {
        return median(bare.run({{python.bare_run, ""}}, kHello, bench.count(30)).run_ms);
      });
  bench.report.figures.push_back(figure_of_turns(
      "7", "isolation fresh, Python hello, warm pool, median", "ms", turns, Judged::kRatio, 1.6));
  docker_run(bench.stack, python);
  const auto rates = bench.by_turns(
      "7",
      [&] {
        // The first of them empty the pool; what it refills afterwards must not weigh on the other
        // turn.
        const double rate =
            run_load(bench.stack, 2 * kCreators, bench.count(24), 0, 8, run_fresh).rate();
        wait_for_pool(bench.stack);
        return rate;
      },
      [&] { return docker_run_rate(bench.stack, python, bench.count(24)); });
  bench.report.figures.push_back(
      figure_of_turns("7", "isolation fresh, sustained, against docker run --rm", "/s", rates,
                      Judged::kRatio, 0.9, false));
}

}  // namespace runyard::bench
