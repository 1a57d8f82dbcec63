// What happens when a part of the stack is killed while programs run: no execution lost, none
// finished twice, no container left over, and a program after it runs as if nothing had been.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>

#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/private_engine.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/services.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBack = 30s;  // for a killed service to be there again
// A lease runs out after 20 s, then another claim takes it; with a run of a few seconds and a
// loaded machine.
constexpr auto kTakenOver = 60s;

/// One round: executions that are there when something happens.
class Round {
 public:
  Stack stack;

  /// A program that takes so many seconds and then says its number.
  void submit(int seconds) {
    const auto number = std::to_string(ids_.size());
    // Different owners, so that a fault meets used and fresh sandboxes.
    HttpClient client(test_url(), "127.0.0." + std::to_string(10 + ids_.size() % 3));
    const auto answer =
        client.post(kExecutions, submission("python",
                                            "import time\ntime.sleep(" + std::to_string(seconds) +
                                                ")\nprint('program " + number + "')\n",
                                            R"("limits":{"wall_ms":60000})"));
    REQUIRE(answer.status == 202);
    ids_.push_back(text_at(answer.json(), "execution_id"));
  }

  std::string in_list() const {
    std::string list;
    for (const auto& id : ids_) list += (list.empty() ? "'" : ",'") + id + "'";
    return "(" + list + ")";
  }
  int running() const {
    return std::stoi(
        stack.sql("select count(*) from queue where worker is not null and id in " + in_list()));
  }
  /// Submits long and short ones and waits until two are running in their sandboxes.
  void begin(int seconds) {
    for (int i = 0; i < 2; ++i) submit(seconds);
    for (int i = 0; i < 4; ++i) submit(0);
    REQUIRE(await([&] { return running() >= 1 && !stack.held_containers().empty(); }, 20s, 50ms));
  }

  /// All ended once, with what each has to say.
  void check_all_ended(std::chrono::seconds limit = kTakenOver) const {
    const auto ended = [&] {
      try {
        return stack.sql("select count(*) from results where execution_id in " + in_list()) ==
               std::to_string(ids_.size());
      } catch (const std::exception&) {
        return false;  // the database is one of what is killed here
      }
    };
    const bool all = await(ended, limit, 100ms);
    INFO("not ended: " << stack.sql(
             "select string_agg(id || ' attempt ' || attempt, ', ') from queue where id in " +
             in_list()));
    REQUIRE(all);
    CHECK(stack.sql("select count(*) from queue where id in " + in_list()) == "0");
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      INFO(
          stack.sql("select status || ' ' || coalesce(reason, '') || ' ' || message from results "
                    "where execution_id = '" +
                    ids_[i] + "'"));
      CHECK(stack.sql("select convert_from(stdout, 'UTF8') from results where status = 'COMPLETED' "
                      "and execution_id = '" +
                      ids_[i] + "'") == "program " + std::to_string(i) + "\n");
    }
  }
  std::string most_attempts() const {
    return stack.sql("select max(attempt) from results where execution_id in " + in_list());
  }

  /// Each container has a living client that will end it.
  void check_no_container_left(std::chrono::seconds limit = 15s) const {
    const auto left_over = [&] {
      // Clients first: what is started in between is held.
      auto containers = stack.containers();
      const auto held = stack.held_containers();
      std::string names;
      for (const auto& name : containers)
        if (held.count(name) == 0) names += name + " ";
      return names;
    };
    const bool none = await([&] { return left_over().empty(); }, limit, 100ms);
    INFO("left over: " << left_over());
    CHECK(none);
  }

 private:
  std::vector<std::string> ids_;
};

/// A program of somebody else runs as it should, soon.
void check_canary(std::chrono::seconds limit = 20s) {
  HttpClient client(test_url(), "127.0.0.77");
  const auto answered = [&] {
    try {
      const auto answer = client.post(std::string(kExecutions) + "?wait=10",
                                      submission("python", "print('canary')"));
      return answer.status == 200 && text_at(answer.json(), "stdout") == "canary\n";
    } catch (const std::exception&) {
      return false;
    }
  };
  CHECK(await(answered, limit, 200ms));
}

/// None of these containers exists any more. Their labels do not matter: the worker may be another
/// one now.
bool all_gone(const std::set<std::string>& names) {
  const std::string listed = output_of({"docker", "ps", "-a", "--format", "{{.Names}}"});
  return std::none_of(names.begin(), names.end(),
                      [&](const auto& name) { return listed.find(name) != std::string::npos; });
}

/// Takes PostgreSQL away, at the latest until the end of this: all tests after this one need it.
class WithoutPostgres final {
 public:
  explicit WithoutPostgres(const Stack& stack) : stack_(stack) {
    stack_.control("down", "postgres");
  }
  ~WithoutPostgres() {
    try {
      end();
    } catch (const std::exception& error) {
      std::cerr << "PostgreSQL was not put back: " << error.what() << "\n";
    }
  }
  void end() const { stack_.control("up", "postgres"); }

 private:
  const Stack& stack_;
};

/// The stack's worker on an engine of this test, until the end of this.
struct WorkerOnOwnEngine {
  explicit WorkerOnOwnEngine(const Stack& s)
      : stack(s),
        config(s.var() + "/etc/worker.conf"),
        before(read()),
        engine(std::make_unique<PrivateEngine>(s.var() + "/engine", "runyard")) {
    try {
      write(before + "docker_host = " + engine->host() + "\n");
      stack.control("restart", "worker");
    } catch (...) {
      put_back();
      throw;
    }
    ::setenv("DOCKER_HOST", engine->host().c_str(), 1);
  }
  ~WorkerOnOwnEngine() {
    ::unsetenv("DOCKER_HOST");
    put_back();
  }
  /// Whatever happened here: all tests after this one need the worker.
  void put_back() const noexcept {
    try {
      write(before);
      stack.control("restart", "worker");
    } catch (const std::exception& error) {
      std::cerr << "the stack's worker was not put back: " << error.what() << "\n";
    }
  }
  std::string read() const {
    std::ifstream in(config);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void write(const std::string& text) const { std::ofstream(config) << text; }  // its owner stays

  const Stack& stack;
  const std::string config;
  const std::string before;
  std::unique_ptr<PrivateEngine> engine;
};

}  // namespace

TEST_CASE("a killed worker is back, its containers are gone, and its executions run again") {
  Round round;
  round.begin(10);
  const auto names = round.stack.containers();
  REQUIRE_FALSE(names.empty());
  const auto old = round.stack.kill("worker", SIGKILL);
  CHECK(await([&] { return round.stack.back("worker", old); }, kBack));
  CHECK(await([&] { return all_gone(names); }, 30s, 100ms));
  round.check_all_ended();
  CHECK(round.most_attempts() == "2");
  round.check_no_container_left();
  check_canary();
}

TEST_CASE("killed docker clients cost a sandbox each, and no attempt") {
  Round round;
  round.begin(2);
  const auto names = round.stack.held_containers();
  for (const auto client : round.stack.docker_clients()) ::kill(client, SIGKILL);
  CHECK(await([&] { return all_gone(names); }, 30s, 100ms));
  round.check_all_ended(30s);
  round.check_no_container_left();
  check_canary();
}

TEST_CASE("containers killed by the engine cost a sandbox each, and no execution") {
  Round round;
  round.begin(2);
  const auto names = round.stack.containers();
  std::vector<std::string> kill = {"sh", "-c", "docker kill \"$@\" >/dev/null 2>&1 || true",
                                   "kill"};
  kill.insert(kill.end(), names.begin(), names.end());
  output_of(kill);
  CHECK(await([&] { return all_gone(names); }, 30s, 100ms));
  round.check_all_ended(30s);
  round.check_no_container_left();
  check_canary();
}

TEST_CASE("a docker engine that is killed and comes back costs no execution") {
  Round round;
  const WorkerOnOwnEngine worker(round.stack);
  check_canary(30s);
  round.begin(3);
  const auto names = round.stack.held_containers();
  worker.engine->kill();
  // Its containers are without a client; who waits for a sandbox waits for the engine.
  CHECK(await([&] { return round.stack.held_containers().empty(); }, 30s, 50ms));
  worker.engine->start();
  round.check_all_ended(90s);
  CHECK(await([&] { return all_gone(names); }, 30s, 100ms));
  round.check_no_container_left();
  check_canary();
}

TEST_CASE("killed API processes are back, and what they had accepted is run") {
  Round round;
  round.begin(1);
  const auto main = round.stack.pid("api");
  const auto old = children_of(main);
  REQUIRE_FALSE(old.empty());
  for (const auto process : old) ::kill(process, SIGKILL);
  CHECK(await(
      [&] {
        const auto now = children_of(main);
        return now.size() == old.size() && std::none_of(now.begin(), now.end(), [&](pid_t pid) {
                 return std::count(old.begin(), old.end(), pid);
               });
      },
      kBack));
  round.check_all_ended(30s);
  check_canary();
}

TEST_CASE("every killed service is back and serves") {
  Round round;
  std::vector<std::string> names = {"api", "nginx", "postgres", "worker"};
  for (const auto& name : names) {
    INFO(name);
    const auto old = round.stack.kill(name, SIGKILL);
    const bool back = await([&] { return round.stack.back(name, old); }, kBack);
    CHECK(back);
    check_canary(30s);
  }
  round.check_no_container_left();
}

TEST_CASE("when every NOTIFY is lost, executions start and end all the same") {
  Round round;
  check_canary();
  // Nobody listens, nobody is flagged as idle, just before the submission.
  round.stack.sql(
      "select count(pg_terminate_backend(pid)) from pg_stat_activity where query ilike 'listen %'");
  round.stack.sql("delete from idle_workers");
  round.stack.sql("delete from watch");
  const auto begin = Clock::now();
  round.submit(0);
  round.check_all_ended(30s);
  CHECK(Clock::now() - begin < 20s);
  // And the flag comes back, so that the next ones need not wait for a poll.
  CHECK(await([&] { return round.stack.sql("select count(*) from idle_workers") != "0"; }, 30s,
              100ms));
}

TEST_CASE("a long poll ends although its notification is lost") {
  Round round;
  HttpClient client(test_url(), "127.0.0.78");
  const auto accepted =
      client.post(kExecutions, submission("python", "import time; time.sleep(1.5); print('late')"));
  REQUIRE(accepted.status == 202);
  const auto id = text_at(accepted.json(), "execution_id");
  auto saboteur = std::async(std::launch::async, [&] {
    await(
        [&] {
          return round.stack.sql("select count(*) from watch where execution_id = '" + id + "'") ==
                 "1";
        },
        5s);
    round.stack.sql("delete from watch");
  });
  const auto begin = Clock::now();
  const auto execution = wait_for_end(client, id);
  saboteur.get();
  CHECK(text_at(execution, "stdout") == "late\n");
  CHECK(Clock::now() - begin < 12s);
}

TEST_CASE("PostgreSQL restarted during runs loses none of them") {
  Round round;
  round.begin(3);
  const auto old = round.stack.pid("postgres");
  round.stack.control("restart", "postgres");
  CHECK(round.stack.back("postgres", old));
  round.check_all_ended();
  round.check_no_container_left();
  check_canary();
}

TEST_CASE("PostgreSQL killed during runs loses none of them") {
  Round round;
  round.begin(3);
  const auto old = round.stack.kill("postgres", SIGKILL);
  CHECK(await([&] { return round.stack.back("postgres", old); }, kBack));
  round.check_all_ended();
  round.check_no_container_left();
  check_canary();
}

TEST_CASE("without its database the API says so, and is well again by itself") {
  Round round;
  round.begin(3);
  const WithoutPostgres away(round.stack);
  HttpClient client(test_url(), "127.0.0.79");
  // /ready tells what was seen within the last second.
  CHECK(await([&] { return client.get("/api/v1/ready").status == 503; }, 10s, 100ms));
  for (const auto& answer :
       {client.post(kExecutions, submission("python", "print()")), client.get(kExecutions),
        client.get(std::string(kExecutions) + "/01890000-0000-7000-8000-000000000000"),
        client.get("/api/v1/ready")}) {
    INFO(answer.body);
    CHECK(answer.status == 503);
    CHECK_FALSE(answer.header("retry-after").empty());
    CHECK_THAT(answer.header("content-type"), contains("json"));
    CHECK(text_at(answer.json(), "title").size() + text_at(answer.json(), "status").size() > 0);
  }
  CHECK(client.get("/api/v1/health").status == 200);
  away.end();
  round.check_all_ended();
  check_canary(15s);
  CHECK(await([&] { return client.get("/api/v1/ready").status == 200; }, 10s, 100ms));
}
