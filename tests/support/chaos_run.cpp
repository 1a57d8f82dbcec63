#include "tests/support/chaos_run.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <sstream>

#include "core/live_store.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/chaos_checks.hpp"

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
    : site(options.site),
      receiver(nullptr, options.site.webhook_address),
      fault_(std::move(fault)),
      options_(std::move(options)) {
  const auto ready = [this] {
    return site.cluster().sql("select count(*) from workers where 'python' = any (images)") ==
           std::to_string(site.workers());
  };
  if (!await(ready, 60s, 50ms))
    throw std::runtime_error("the workers did not start: " + site.worker_log());
  LoadOptions how;
  how.socket = site.socket();
  how.pause = options_.pause;
  // Slow, so that some senders are lost between what they sent and its answer.
  how.webhook = receiver.url("/late/204");
  how.seed = seed;
  load.emplace(how);
  live.emplace(site.live_socket(), options_.live_owners);
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

bool ChaosRun::await_talks(int more, std::chrono::seconds limit) {
  const int enough = live->completed() + more;
  return await([&] { return live->completed() >= enough; }, limit, 50ms);
}

bool ChaosRun::await_present(std::chrono::seconds limit) {
  const auto ids = site.cluster().sql(
      "select coalesce(string_agg(quote_literal(id::text), ', '), 'null') from queue");
  return await(
      [&] {
        return site.cluster().sql("select count(*) from queue where id in (" + ids + ")") == "0";
      },
      limit, 50ms);
}

void ChaosRun::recovered(std::chrono::seconds limit) {
  const auto begin = Clock::now();
  std::set<std::string> ids;
  for (const auto& one : load->owed()) ids.insert(one.id);
  for (const auto& talk : live->talks())
    if (!talk.id.empty()) ids.insert(talk.id);
  const auto all_ended = [&] {
    try {
      auto owed = ids;
      for (const auto& row : site.cluster().rows("select execution_id from results"))
        owed.erase(row[0]);
      return owed.empty();
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
  live->stop();
  // What a killed sender had is sent by another when its lease is over.
  await(
      [this] {
        return site.cluster().sql("select count(*) from queue") == "0" &&
               site.cluster().sql("select count(*) from webhooks where state = 'PENDING'") == "0";
      },
      180s, 100ms);
  check_results();
  check_nothing_left();
}

void ChaosRun::check_results() {
  const auto stored = stored_results(site.cluster());
  const auto owed = load->owed();
  const auto live_runs = compare(live->talks(), owed, stored, options_.may_repeat_attempts);
  const auto webhooks = compare(owed, stored, receiver.requests());
  int lost = live_runs.lost;
  int gave_up = 0;
  int requeued = 0;
  std::string wrong;
  std::set<std::string> ids;
  for (const auto& one : owed) {
    ids.insert(one.id);
    const auto found = stored.find(one.id);
    if (found == stored.end() || found->second.status.empty()) {
      ++lost;
      wrong += one.id + " has no result\n";
      continue;
    }
    const auto& r = found->second;
    requeued += std::max(0, r.attempt - 1);
    if (one.status.empty()) continue;
    if (r.reason == "WORKER_LOST" || r.reason == "SANDBOX_FAILURE") {
      ++gave_up;
      wrong += one.id + " " + r.reason + ": " + r.message + "\n";
    } else if (r.status != one.status || !said_enough(one, r.output)) {
      wrong += one.id + " is " + r.status + " " + r.reason + " with '" + r.output + "', not " +
               one.status + " with '" + one.output + "'\n";
    }
  }
  // One that is there but belongs to no accepted submission is a second one of somebody's. Two
  // answers with one id would be a second submission without its own.
  int doubled = static_cast<int>(owed.size() - ids.size());
  for (const auto& [id, result] : stored)
    if (!result.live && ids.count(id) == 0) ++doubled;
  const int repeated = repeated_attempts(site.worker_log());
  std::ostringstream line;
  line.precision(1);
  line << std::fixed << "chaos: " << fault_ << ": submitted " << owed.size() << ", lost " << lost
       << ", doubled " << doubled << ", requeued " << requeued << ", repeated attempts " << repeated
       << ", given up " << gave_up << ", refused answers " << load->refused() << ", live runs "
       << live_runs.runs << " (" << live_runs.cut << " cut), webhooks " << webhooks.asked << " ("
       << webhooks.again << " more than once), recovered in " << recovery_s_ << " s (seed " << seed
       << ")";
  report(line.str());
  INFO(wrong);
  INFO(live_runs.wrong << webhooks.wrong);
  CHECK(owed.size() > 8);
  CHECK(lost == 0);
  CHECK(doubled == 0);
  CHECK(load->given_up() == 0);
  if (!options_.may_give_up) CHECK(gave_up == 0);
  if (!options_.may_repeat_attempts) CHECK(repeated == 0);
  CHECK(live_runs.wrong.empty());
  CHECK(webhooks.wrong.empty());
  CHECK((wrong.empty() || (options_.may_give_up && gave_up > 0 && lost == 0)));
}

void ChaosRun::check_live_tables() {
  const auto& cluster = site.cluster();
  const auto gone = [&](const std::string& table) {
    return cluster.sql("select count(*) from " + table) == "0";
  };
  // What a gateway held that died before it could submit is kept for ten minutes, and so is output.
  cluster.sql(
      "update live_runs set seen_at = seen_at - interval '10 min'\n"
      "where execution_id not in (select id from executions)");
  CHECK(await([&] { return gone("live_runs"); }, 60s, 100ms));
  cluster.sql("update live_output set at = clock_timestamp() - interval '10 min'");
  cluster.sql("update live_input set at = clock_timestamp() - interval '10 min'");
  Database database(cluster.options(), 1);
  LiveStore(database).tidy();  // what a worker does every minute
  CHECK(gone("live_output"));
  CHECK(gone("live_input"));
}

void ChaosRun::check_nothing_left() {
  const auto count = [this](const std::string& of) {
    return site.cluster().sql("select count(*) from " + of);
  };
  CHECK(count("queue") == "0");
  CHECK(count("webhooks where state <> 'DELIVERED'") == "0");
  check_live_tables();
  // Who waited for what ended without its worker is forgotten by the next round of housekeeping.
  CHECK(await([&] { return count("watch") == "0"; }, 20s, 100ms));
  for (int i = 0; i < site.workers(); ++i) {
    CHECK(site.worker(i).alive());
    CHECK(await([&] { return zombies_of(site.worker(i).pid()) == 0; }, 10s, 50ms));
  }
  for (int i = 0; i < site.apis(); ++i) CHECK(site.api(i).alive());
  CHECK(site.gateway().alive());
  {
    INFO(site.gateway_log());
    CHECK(site.stop_gateway() == 0);
  }
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
