#include "tests/support/chaos_run.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <sstream>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"

namespace runyard::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How often the workers ended the same attempt of the same execution beyond once.
int repeated_attempts(const std::string& log) {
  std::multiset<std::string> ended;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find("execution=");
    if (line.find("execution ended") == std::string::npos || at == std::string::npos) continue;
    const auto end = line.find(' ', line.find("attempt=", at));
    ended.insert(line.substr(at, end - at));
  }
  const std::set<std::string> different(ended.begin(), ended.end());
  return static_cast<int>(ended.size() - different.size());
}

/// On a busy machine a program may run into its time limit before it has said all.
bool said_enough(const Owed& owed, const std::string& output) {
  if (owed.status == "TIMEOUT") return owed.output.rfind(output, 0) == 0;
  return output == owed.output;
}

std::string report_file() {
  if (const char* file = std::getenv("RUNYARD_TEST_REPORT")) return file;
  const char* stack = std::getenv("RUNYARD_TEST_STACK");
  return stack && *stack ? std::string(stack) + "/chaos.txt" : std::string();
}

}  // namespace

unsigned chaos_seed() {
  if (const char* text = std::getenv("RUNYARD_CHAOS_SEED"))
    return static_cast<unsigned>(std::strtoul(text, nullptr, 10));
  return std::random_device()() % 1'000'000;
}

ChaosRun::ChaosRun(std::string fault, RunOptions options)
    : site(options.site), fault_(std::move(fault)), options_(std::move(options)) {
  const auto ready = [this] {
    return site.cluster().sql("select count(*) from workers where 'python' = any (images)") ==
           std::to_string(site.workers());
  };
  if (!await(ready, 60s, 50ms))
    throw std::runtime_error("the workers did not start: " + site.worker_log());
  LoadOptions how;
  how.socket = site.socket();
  how.pause = options_.pause;
  how.seed = seed;
  load.emplace(how);
  if (!await_results(8)) throw std::runtime_error("nothing ran: " + site.worker_log());
}

int ChaosRun::results() {
  try {
    return std::stoi(site.cluster().sql("select count(*) from results"));
  } catch (const std::exception&) {
    return -1;
  }
}

bool ChaosRun::await_results(int more, std::chrono::seconds limit) {
  int before = results();
  return await(
      [&] {
        const int now = results();
        if (before < 0) before = now;
        return before >= 0 && now >= before + more;
      },
      limit, 50ms);
}

void ChaosRun::recovered(std::chrono::seconds limit) {
  const auto begin = Clock::now();
  const auto owed = load->owed();
  const auto all_ended = [&] {
    try {
      std::set<std::string> ended;
      for (const auto& row : site.cluster().rows("select execution_id from results"))
        ended.insert(row[0]);
      for (const auto& one : owed)
        if (ended.count(one.id) == 0) return false;
      return true;
    } catch (const std::exception&) {
      return false;
    }
  };
  const bool ended = await(all_ended, limit, 100ms);
  CHECK(ended);
  recovery_s_ = std::chrono::duration<double>(Clock::now() - begin).count();
}

void ChaosRun::check() {
  INFO("seed " << seed);
  load->stop();
  await([this] { return site.cluster().sql("select count(*) from queue") == "0"; }, 90s, 100ms);
  check_results();
  check_nothing_left();
}

void ChaosRun::check_results() {
  std::map<std::string, std::vector<std::string>> found;
  for (auto& row : site.cluster().rows(
           "select e.id, coalesce(r.status, ''), coalesce(r.reason, ''), "
           "encode(coalesce(r.stdout, ''), 'escape'), coalesce(r.attempt, 0), "
           "coalesce(r.message, '') from executions e left join results r on r.execution_id = "
           "e.id"))
    found[row[0]] = row;
  int lost = 0;
  int gave_up = 0;
  int requeued = 0;
  std::string wrong;
  std::set<std::string> ids;
  const auto owed = load->owed();
  for (const auto& one : owed) {
    ids.insert(one.id);
    const auto row = found.find(one.id);
    if (row == found.end() || row->second[1].empty()) {
      ++lost;
      wrong += one.id + " has no result\n";
      continue;
    }
    const auto& r = row->second;
    requeued += std::max(0, std::stoi(r[4]) - 1);
    if (one.status.empty()) continue;
    if (r[2] == "WORKER_LOST" || r[2] == "SANDBOX_FAILURE") {
      ++gave_up;
      wrong += one.id + " " + r[2] + ": " + r[5] + "\n";
    } else if (r[1] != one.status || !said_enough(one, r[3])) {
      wrong += one.id + " is " + r[1] + " " + r[2] + " with '" + r[3] + "', not " + one.status +
               " with '" + one.output + "'\n";
    }
  }
  // One that is there but belongs to no accepted submission is a second one of somebody's. Two
  // answers with one id would be a second submission without its own.
  const auto doubled = static_cast<int>(found.size()) - static_cast<int>(ids.size()) +
                       static_cast<int>(owed.size() - ids.size());
  const int repeated = repeated_attempts(site.worker_log());
  std::ostringstream line;
  line.precision(1);
  line << std::fixed << "chaos: " << fault_ << ": submitted " << owed.size() << ", lost " << lost
       << ", doubled " << doubled << ", requeued " << requeued << ", repeated attempts " << repeated
       << ", given up " << gave_up << ", refused answers " << load->refused() << ", recovered in "
       << recovery_s_ << " s (seed " << seed << ")";
  report(line.str());
  INFO(wrong);
  CHECK(owed.size() > 8);
  CHECK(lost == 0);
  CHECK(doubled == 0);
  CHECK(load->given_up() == 0);
  if (!options_.may_give_up) CHECK(gave_up == 0);
  if (!options_.may_repeat_attempts) CHECK(repeated == 0);
  CHECK((wrong.empty() || (options_.may_give_up && gave_up > 0 && lost == 0)));
}

void ChaosRun::check_nothing_left() {
  const auto count = [this](const std::string& of) {
    return site.cluster().sql("select count(*) from " + of);
  };
  CHECK(count("queue") == "0");
  CHECK(count("live_runs") == "0");
  // Who waited for what ended without its worker is forgotten by the next round of housekeeping.
  CHECK(await([&] { return count("watch") == "0"; }, 20s, 100ms));
  for (int i = 0; i < site.workers(); ++i) {
    CHECK(site.worker(i).alive());
    CHECK(await([&] { return zombies_of(site.worker(i).pid()) == 0; }, 10s, 50ms));
  }
  for (int i = 0; i < site.apis(); ++i) CHECK(site.api(i).alive());
  // Rows of those that were killed stay for a minute, and whoever forgets them is stopped now.
  std::string ids;
  for (int i = 0; i < site.workers(); ++i)
    ids += (ids.empty() ? "'" : ", '") + site.worker_id(i) + "'";
  for (const int code : site.stop_workers()) CHECK(code == 0);
  CHECK(count("idle_workers where worker in (" + ids + ")") == "0");
  CHECK(count("workers where id in (" + ids + ")") == "0");
  std::string names;
  const auto none = [&] {
    names.clear();
    for (const auto& name : site.containers()) names += name + " ";
    return names.empty();
  };
  const bool no_container = await(none, 20s, 200ms);
  INFO("containers: " << names);
  CHECK(no_container);
  for (const auto& entry : std::filesystem::directory_iterator(site.place("state"))) {
    INFO(entry.path());
    CHECK((entry.path().extension() == ".lock" || (entry.path().filename() == "docker-config" &&
                                                   std::filesystem::is_empty(entry.path()))));
  }
}

void ChaosRun::report(const std::string& line) const {
  std::cout << line << std::endl;
  if (const auto file = report_file(); !file.empty())
    std::ofstream(file, std::ios::app) << line << "\n";
}

}  // namespace runyard::test
