// runyard-bench: the rows of the table of targets, measured against the running stack. See
// README.md.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <set>

#include "core/database.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/rows.hpp"

namespace runyard::bench {

int Bench::count(int n) const { return std::max(2, static_cast<int>(n * size)); }

void Bench::progress(const std::string& row, const std::string& what) const {
  const bool terminal = ::isatty(STDERR_FILENO);
  std::fprintf(stderr, terminal ? "\r\033[Krow %s: %s" : "row %s: %s\n", row.c_str(), what.c_str());
  std::fflush(stderr);
}

Turns Bench::by_turns(const std::string& row, const std::function<double()>& ours,
                      const std::function<double()>& bare) const {
  Turns turns;
  for (int round = 1; round <= rounds; ++round) {
    progress(row, "round " + std::to_string(round) + " of " + std::to_string(rounds));
    turns.ours.push_back(ours());
    turns.bare.push_back(bare());
  }
  return turns;
}

namespace {

struct Row {
  const char* number;
  void (*measure)(Bench&);
};
// The worker is stopped in rows 8 and 11 and the machine filled in row 9, so those come last.
constexpr Row kRows[] = {{"1", python_one_client},    {"2", python_many_clients},
                         {"3", cpp_compile_and_run},  {"4", cpp_cached},
                         {"5", java_compile_and_run}, {"6", cpp_many_tests},
                         {"7", fresh_sandboxes},      {"10", hello_in_every_language},
                         {"13", typed_line},          {"12", pipeline_with_backlog},
                         {"8", submit_and_poll},      {"11", whole_pipeline},
                         {"9", memory_of_sandboxes}};

int usage() {
  std::fprintf(
      stderr,
      "Usage: runyard bench [--quick] [--rounds=N] [ROW...]\n"
      "Measures rows 1 to 13 of the table of targets (all of them by default).\n"
      "  --quick     short turns and two rounds: shows that everything works, judges nothing\n"
      "  --rounds=N  instead of five\n");
  return 2;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

void write_results(const Bench& bench) {
  const char* out = std::getenv("RUNYARD_BENCH_OUT");
  const std::filesystem::path folder =
      out && *out ? std::filesystem::path(out) : bench.stack.folder / "bench";
  write_text(folder / "result.json", json_report(bench.report));
  write_text(folder / "result.svg", picture(bench.report));
  std::printf("%s and result.svg\n", (folder / "result.json").c_str());
}

int run(int argc, char** argv) {
  Bench bench;
  std::set<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool known = std::any_of(std::begin(kRows), std::end(kRows),
                                   [&](const Row& row) { return argument == row.number; });
    if (known) {
      wanted.insert(argument);
    } else if (argument == "--quick") {
      bench.rounds = 2;
      bench.size = 0.1;
    } else if (argument.rfind("--rounds=", 0) == 0 && std::atoi(argument.c_str() + 9) > 0) {
      bench.rounds = std::atoi(argument.c_str() + 9);
    } else {
      return usage();
    }
  }
  bench.stack = find_stack();
  // The API's half of the pipeline, which is in this process, has its sessions as the API has.
  set_session_defaults(kLookupPlans);
  bench.report.begun_at = utc_now();
  bench.report.machine = machine_name();
  bench.report.rounds = bench.rounds;
  bench.report.load_before = load_averages();
  bench.report.background_cores = background_cores(1.0);
  // What was measured before a failure is not lost with it.
  int failed = 0;
  for (const auto& row : kRows) {
    if (!wanted.empty() && !wanted.count(row.number)) continue;
    try {
      row.measure(bench);
    } catch (const std::exception& error) {
      ++failed;
      std::fprintf(stderr, "\nrunyard bench: row %s: %s\n", row.number, error.what());
    }
  }
  bench.report.load_after = load_averages();
  std::fprintf(stderr, "\n");
  std::stable_sort(
      bench.report.figures.begin(), bench.report.figures.end(),
      [](const Figure& a, const Figure& b) { return std::stoi(a.row) < std::stoi(b.row); });
  std::printf("%s", table(bench.report).c_str());
  write_results(bench);
  if (failed > 0)
    throw Failure(std::to_string(failed) + " rows could not be measured to their end");
  return 0;
}

}  // namespace
}  // namespace runyard::bench

int main(int argc, char** argv) {
  // A container that ended is an error with its reason, not a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return runyard::bench::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "\nrunyard bench: %s\n", e.what());
    return 1;
  }
}
