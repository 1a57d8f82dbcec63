// runyard-soak PORT MINUTES: mixed load on a running stack, and whether what it uses stays flat.
// RUNYARD_TEST_STACK names the stack's state folder. `./runyard soak` starts one for it.
//
// A thread for each kind of load; the main thread takes a sample a minute. Exit codes: 0 flat and
// everything ended as it should, 1 not, 2 called wrongly.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "tests/chaos/soak_load.hpp"
#include "tests/chaos/soak_samples.hpp"

namespace {

using namespace runyard;
using namespace std::chrono_literals;

void print_progress(int minute, const soak::Sample& sample, const soak::LoadCounts& counts) {
  int done = 0;
  int wrong = 0;
  for (const auto& [kind, count] : counts.done) done += count;
  for (const auto& [kind, count] : counts.wrong) wrong += count;
  std::printf("%4d %8d %6d", minute, done, wrong);
  for (const auto* name :
       {"api memory MiB", "gateway memory MiB", "worker memory MiB", "postgres memory MiB",
        "worker descriptors", "containers", "table queue KiB", "table live_output KiB"})
    std::printf(" %9.0f", sample.at(name));
  std::printf("\n");
  std::fflush(stdout);
}

/// True when all is well.
bool print_verdicts(const std::vector<soak::Sample>& samples, const soak::LoadCounts& counts) {
  bool well = true;
  std::printf("\n%-34s %12s %12s %12s\n", "figure", "middle third", "last third", "may grow by");
  for (const auto& verdict : soak::judge(samples)) {
    std::printf("%-34s %12.1f %12.1f %12.1f%s\n", verdict.name.c_str(), verdict.first, verdict.last,
                verdict.allowed, verdict.flat() ? "" : "  NOT FLAT");
    well = well && verdict.flat();
  }
  std::printf("\n");
  for (const auto& [kind, count] : counts.done) {
    const auto wrong = counts.wrong.find(kind);
    std::printf("%-34s %12d, wrong %d\n", kind.c_str(), count,
                wrong == counts.wrong.end() ? 0 : wrong->second);
  }
  if (!counts.wrong.empty()) {
    std::printf("last mistake: %s\n", counts.last_mistake.c_str());
    well = false;
  }
  return well;
}

int run(const std::string& port, int minutes) {
  const test::Stack stack;
  const soak::SoakLoad load(port);
  std::printf(
      " min     done  wrong   api MiB  gate MiB  work MiB    pg MiB  work fds contain's"
      " queue KiB  live KiB\n");
  std::vector<soak::Sample> samples;
  // Six samples at least, so that each third has two.
  const auto apart = minutes >= 6 ? 60s : std::chrono::seconds(minutes * 10);
  const int count = minutes >= 6 ? minutes : 6;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 1; i <= count; ++i) {
    std::this_thread::sleep_until(begin + i * apart);
    samples.push_back(soak::take_sample(stack));
    print_progress(static_cast<int>(i * apart.count() / 60), samples.back(), load.counts());
  }
  const bool well = print_verdicts(samples, load.counts());
  std::printf("soak: %d minutes: %s\n", minutes, well ? "flat" : "NOT FLAT, or wrong results");
  return well ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int minutes = argc == 3 ? std::atoi(argv[2]) : 0;
  if (minutes < 1 || minutes > 10'000) {
    std::cerr << "runyard-soak PORT MINUTES: minutes from 1 to 10000\n";
    return 2;
  }
  try {
    return run(argv[1], minutes);
  } catch (const std::exception& e) {
    std::cerr << "runyard-soak: " << e.what() << "\n";
    return 1;
  }
}
