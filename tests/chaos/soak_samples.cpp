#include "tests/chaos/soak_samples.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/support/background.hpp"
#include "tests/support/processes.hpp"

namespace runyard::soak {
namespace {

/// Shared pages in equal parts, since PostgreSQL's processes share most of theirs.
double proportional_mib(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("Pss:", 0) == 0) return std::stod(line.substr(4)) / 1024;
  return 0;
}

void add_processes(Sample& sample, const std::string& name, const std::vector<pid_t>& pids) {
  for (const auto* figure : {" memory MiB", " descriptors", " threads"}) sample[name + figure];
  for (const auto pid : pids) {
    sample[name + " memory MiB"] += proportional_mib(pid);
    sample[name + " descriptors"] += static_cast<double>(test::process_folder(pid, "fd").size());
    sample[name + " threads"] += static_cast<double>(test::process_folder(pid, "task").size());
  }
  sample[name + " processes"] = static_cast<double>(pids.size());
}

/// Not executions, results, webhooks and the like: they are the history.
constexpr const char* kFlatTables[] = {"queue", "watch",       "workers",    "idle_workers",
                                       "usage", "live_output", "live_input", "live_runs"};

void add_tables(Sample& sample, const test::Stack& stack) {
  for (const std::string table : kFlatTables) {
    sample["table " + table + " KiB"] =
        std::stod(stack.sql("select pg_total_relation_size('" + table + "')")) / 1024;
    sample["table " + table + " dead rows"] = std::stod(
        stack.sql("select n_dead_tup from pg_stat_user_tables where relname = '" + table + "'"));
  }
  sample["database connections"] = std::stod(
      stack.sql("select count(*) from pg_stat_activity where backend_type = 'client backend'"));
}

/// How much more is no growth: a part of it, and what one more connection or sandbox is.
double allowed_above(const std::string& name, double value) {
  const auto ends_with = [&name](const std::string& end) {
    return name.size() >= end.size() &&
           name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  if (ends_with("MiB")) return 0.1 * value + 8;
  if (ends_with("KiB")) return 0.25 * value + 1024;
  if (ends_with("dead rows")) return 0.25 * value + 2000;
  if (ends_with("descriptors")) return 0.1 * value + 16;
  return 0.1 * value + 4;
}

}  // namespace

Sample take_sample(const test::Stack& stack) {
  Sample sample;
  for (const std::string service : {"api", "gateway", "nginx", "postgres"})
    add_processes(sample, service, test::family_of(stack.pid(service)));
  // Its clients are as many as it has sandboxes, which come and go.
  add_processes(sample, "worker", {stack.pid("worker")});
  add_processes(sample, "docker clients", stack.docker_clients());
  sample["containers"] = static_cast<double>(stack.containers().size());
  add_tables(sample, stack);
  return sample;
}

std::vector<Verdict> judge(const std::vector<Sample>& samples) {
  const auto third = samples.size() / 3;
  const auto mean = [&](const std::string& name, std::size_t begin, std::size_t end) {
    double sum = 0;
    for (auto i = begin; i < end; ++i) sum += samples[i].at(name);
    return sum / static_cast<double>(end - begin);
  };
  std::vector<Verdict> verdicts;
  for (const auto& [name, value] : samples.front()) {
    Verdict verdict;
    verdict.name = name;
    verdict.first = mean(name, samples.size() - 2 * third, samples.size() - third);
    verdict.last = mean(name, samples.size() - third, samples.size());
    verdict.allowed = allowed_above(name, verdict.first);
    verdicts.push_back(verdict);
  }
  return verdicts;
}

}  // namespace runyard::soak
