// Rows 11 and 12: the pipeline around the sandboxes, with workers that run nothing. README.md says
// what a life is.
#include <chrono>
#include <optional>
#include <pqxx/pqxx>

#include "tests/bench/machine.hpp"
#include "tests/bench/pgbench.hpp"
#include "tests/bench/rows.hpp"
#include "tests/bench/store_load.hpp"
#include "tests/bench/worker_fleet.hpp"
#include "tests/support/paths.hpp"

namespace runyard::bench {
namespace {

// Connections of the API's half, and of pgbench: with the workers' own they stay below the peak.
constexpr int kConnections = 8;
constexpr int kOwners = 32;
constexpr int kSlots = 16;
constexpr int kBacklog = 100'000;
constexpr int kHistory = 1'000'000;
// More than is done in the time of a look at the others.
constexpr int kFlood = 40'000;
constexpr double kTurnS = 4;

/// A database of its own with its workers and its API's half.
struct Pipeline {
  const test::TempDatabase database;
  StoreSide side{database.options(), kConnections};
  std::optional<WorkerFleet> workers;

  Pipeline(const Stack& stack, int count) { start(stack, count); }
  void start(const Stack& stack, int count) {
    workers.reset();
    if (count > 0) workers.emplace(stack, database.options(), count, kSlots);
  }
};

double rate_of(Pipeline& pipeline, double seconds) {
  return Owners(pipeline.side, "many", kOwners, 1).live(seconds).rate();
}

void latency_of_one(Bench& bench, Pipeline& pipeline, PgBench& pgbench) {
  Owners one(pipeline.side, "one", 1, 1);
  one.live(0.5);
  std::vector<double> all, p50, p99, bare;
  const int seconds = std::max(1, static_cast<int>(2 * bench.size));
  for (int round = 0; round < bench.rounds; ++round) {
    bench.progress("11", "latency, round " + std::to_string(round + 1));
    const auto lives = one.live(seconds);
    bare.push_back(1e3 / pgbench.rate(1, seconds));
    p50.push_back(percentile(lives.ms, 0.5));
    p99.push_back(percentile(lives.ms, 0.99));
    all.insert(all.end(), lives.ms.begin(), lives.ms.end());
  }
  auto figure = figure_of_turns("11", "submit to result, no-op worker, 1 client, median", "ms",
                                {p50, {}}, Judged::kAbsolute, 1.5);
  bench.report.figures.push_back(figure);
  figure =
      figure_of_turns("11", "the same, 99th percentile", "ms", {p99, {}}, Judged::kAbsolute, 6);
  // Over all rounds: one has too few for its own.
  figure.measured = figure.value = percentile(all, 0.99);
  bench.report.figures.push_back(figure);
  // Both wait for the disk twice.
  bench.report.figures.push_back(figure_to_compare(
      "11", "the same, median, against a life by one client of pgbench", "ms", p50, bare));
}

void more_workers(Bench& bench, Pipeline& pipeline) {
  std::vector<double> rates[3];
  constexpr int kWorkers[] = {1, 2, 4};
  for (int round = 0; round < bench.rounds; ++round)
    for (int i = 0; i < 3; ++i) {
      bench.progress("11",
                     std::to_string(kWorkers[i]) + " workers, round " + std::to_string(round + 1));
      pipeline.start(bench.stack, kWorkers[i]);
      rate_of(pipeline, 0.3);
      rates[i].push_back(rate_of(pipeline, kTurnS / 2 * bench.size));
    }
  for (int i = 1; i < 3; ++i)
    bench.report.figures.push_back(figure_to_compare(
        "11", std::to_string(kWorkers[i]) + " workers against 1", "/s", rates[i], rates[0]));
  pipeline.start(bench.stack, 1);
}

/// Owners that submit one after the other with pauses, without and with one that floods.
void fairness(Bench& bench) {
  Pipeline pipeline(bench.stack, 1);
  Owners others(pipeline.side, "steady", 3, 1);
  others.live(0.5, 0.01);
  std::vector<double> alone50, alone99, flooded50, flooded99;
  for (int round = 0; round < bench.rounds; ++round) {
    bench.progress("11", "fairness, round " + std::to_string(round + 1));
    const double seconds = kTurnS / 2 * bench.size;
    const auto alone = others.live(seconds, 0.01);
    pipeline.start(bench.stack, 0);
    Owners flood(pipeline.side, "flood", 1, bench.count(kFlood) + 1);
    flood.fill();
    pipeline.start(bench.stack, 1);
    const auto flooded = others.live(seconds, 0.01);
    if (pipeline.database.sql("select count(*) > 0 from queue where owner like 'bench:flood%'") !=
        "t")
      throw Failure("the flood was over before the others were measured");
    flood.drain();
    alone50.push_back(percentile(alone.ms, 0.5));
    alone99.push_back(percentile(alone.ms, 0.99));
    flooded50.push_back(percentile(flooded.ms, 0.5));
    flooded99.push_back(percentile(flooded.ms, 0.99));
  }
  bench.report.figures.push_back(
      figure_to_compare("11", "three owners beside a flood of 40,000, median (bare: without)", "ms",
                        flooded50, alone50));
  bench.report.figures.push_back(
      figure_to_compare("11", "the same, 99th percentile", "ms", flooded99, alone99));
}

/// Lives a second in each of `count` equal parts of the time.
std::vector<double> rates_of_parts(const Lives& lives, double seconds, std::size_t count) {
  std::vector<double> rates(count, 0);
  const double part = seconds / static_cast<double>(count);
  for (const double at : lives.ended_s) {
    const auto index = static_cast<std::size_t>(at / part);
    if (index < count) rates[index] += 1 / part;
  }
  return rates;
}

void make_history(Bench& bench, Pipeline& pipeline) {
  bench.progress("12", "a history of " + std::to_string(bench.count(kHistory)) + " executions");
  bench.stack.output_of(
      {"/usr/bin/env", "PGOPTIONS=-c generate.executions=" + std::to_string(bench.count(kHistory)),
       "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", pipeline.database.options(), "-f",
       test::source_path("sql/reporting/generate.sql")},
      300);
  // Its newest are still to do, in languages that nobody runs here.
  pipeline.database.sql("delete from queue; delete from workers");
}

}  // namespace

void whole_pipeline(Bench& bench) {
  PgBench pgbench(bench.stack, bench.stack.folder / "bench");
  Pipeline pipeline(bench.stack, 1);
  rate_of(pipeline, 1);
  pgbench.rate(kConnections, 1);
  const int seconds = std::max(1, static_cast<int>(kTurnS * bench.size));
  const auto turns = bench.by_turns(
      "11", [&] { return rate_of(pipeline, seconds); },
      [&] { return pgbench.rate(kConnections, seconds); });
  bench.report.figures.push_back(figure_of_turns(
      "11", "submit, claim, finish, wait: 1 no-op worker, 32 clients (bare: pgbench)", "/s", turns,
      Judged::kRatio, 0.5, false));
  latency_of_one(bench, pipeline, pgbench);
  more_workers(bench, pipeline);
  fairness(bench);
}

void pipeline_with_backlog(Bench& bench) {
  Pipeline empty(bench.stack, 1);
  Pipeline full(bench.stack, 0);
  make_history(bench, full);
  bench.progress("12", "a backlog of " + std::to_string(bench.count(kBacklog)));
  Owners backlog(full.side, "backlog", kOwners, bench.count(kBacklog) / kOwners);
  backlog.fill();
  full.database.sql("analyze");
  full.start(bench.stack, 1);
  rate_of(empty, 1);
  backlog.live(1);
  const double seconds = kTurnS * bench.size;
  const auto turns = bench.by_turns(
      "12", [&] { return backlog.live(seconds).rate(); }, [&] { return rate_of(empty, seconds); });
  bench.report.figures.push_back(
      figure_of_turns("12", "row 11 with a backlog of 100,000 and a history of 1,000,000", "/s",
                      turns, Judged::kRatio, 0.88, false));

  // A report or a backup elsewhere: nothing that is finished from now on can be cleaned away.
  pqxx::connection elsewhere(full.database.options());
  pqxx::transaction<pqxx::repeatable_read> held(elsewhere);
  held.exec("set local idle_in_transaction_session_timeout = 0");
  held.exec("select count(*) from queue");
  constexpr std::size_t kParts = 6;
  bench.progress("12", "a snapshot is held open");
  const double held_s = 60 * bench.size;
  const auto parts = rates_of_parts(backlog.live(held_s), held_s, kParts);
  held.commit();
  bench.report.figures.push_back(figure_of_turns(
      "12", "the same while a foreign snapshot is held for a minute", "/s",
      {parts, std::vector<double>(parts.size(), median(turns.bare))}, Judged::kRatio, 0.45, false));
  bench.report.figures.push_back(figure_of_turns("12", "its last 10 s against its first 10 s", "/s",
                                                 {{parts.back()}, {parts.front()}}, Judged::kRatio,
                                                 0.9, false));
}

}  // namespace runyard::bench
