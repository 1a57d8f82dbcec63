// Row 8: the interface and the queue without programs.
#include <cstdlib>
#include <mutex>

#include "tests/bench/containers.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/rows.hpp"

namespace runyard::bench {
namespace {

constexpr int kClients = 8;

/// Requests a second that wrk gets through, all of them answered with 2xx.
double wrk_rate(const Stack& stack, const std::string& path, double seconds) {
  const auto duration = std::to_string(std::max(1, static_cast<int>(seconds))) + "s";
  const auto output =
      stack.output_of({"wrk", "-t", "1", "-c", "16", "-d", duration, stack.url() + path});
  const auto at = output.find("Requests/sec:");
  if (at == std::string::npos) throw Failure("wrk printed " + output);
  for (const char* bad : {"Non-2xx", "Socket errors"})
    if (output.find(bad) != std::string::npos)
      throw Failure("wrong answers from " + path + ":\n" + output);
  return std::strtod(output.c_str() + at + 13, nullptr);
}

void check_health(HttpClient& client) {
  if (client.request("GET", "/health").status != 200)
    throw Failure("wrong answer: /health is not 200");
}

/// The time until 202, for a worker that waits; each execution's end is awaited before the next.
double post_latency(HttpClient& client, const std::string& submission, int times) {
  std::vector<double> ms;
  for (int i = 0; i < times; ++i) {
    const double begun = now_s();
    const auto id = submit(client, submission);
    ms.push_back((now_s() - begun) * 1e3);
    const auto reply = client.request("GET", "/api/v1/executions/" + id + "?wait=30");
    if (reply.status != 200 || reply.body.find("\"COMPLETED\"") == std::string::npos)
      throw Failure("wrong answer: the execution ended as " + reply.body);
  }
  return median(ms);
}

void cancel_all(const Stack& stack, std::vector<std::string>& ids) {
  std::mutex mutex;
  run_load(stack, kClients, static_cast<int>(ids.size()), 0, 0, [&](HttpClient& client) {
    std::string id;
    {
      const std::lock_guard lock(mutex);
      id = ids.back();
      ids.pop_back();
    }
    // Cancelled at once while nobody has claimed it.
    const auto reply = client.request("POST", "/api/v1/executions/" + id + "/cancel");
    if (reply.status != 202) throw Failure("wrong answer to cancel: " + reply.body);
  });
}

}  // namespace

void submit_and_poll(Bench& bench) {
  const auto& stack = bench.stack;
  const auto submission = Submission{"python", stack.language("python").hello, {}}.json();
  HttpClient client(stack);
  const auto health = [&](int times) {
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) {
      const double begun = now_s();
      check_health(client);
      ms.push_back((now_s() - begun) * 1e3);
    }
    return median(ms);
  };
  post_latency(client, submission, 20);
  health(20);
  const auto latency = bench.by_turns(
      "8", [&] { return post_latency(client, submission, bench.count(50)); },
      [&] { return health(bench.count(200)); });
  bench.report.figures.push_back(
      figure_of_turns("8", "POST -> 202, 1 client, median (bare: GET /health)", "ms", latency,
                      Judged::kAbsolute, 2.0));

  const auto finished = run_checked(client, submission, kHello);
  const auto path = "/api/v1/executions/" + *finished.execution.find("execution_id")->string();
  wrk_rate(stack, path, 1);
  const auto polls = bench.by_turns(
      "8", [&] { return wrk_rate(stack, path, 2 * bench.size); },
      [&] { return wrk_rate(stack, "/", 2 * bench.size); });
  bench.report.figures.push_back(
      figure_of_turns("8", "GET of a finished execution (bare: Nginx's own GET /)", "/s", polls,
                      Judged::kAbsolute, 10'000, false));

  bench.progress("8", "the worker is stopped for a while");
  const WorkerPause pause(stack);
  const auto accepted = bench.by_turns(
      "8",
      [&] {
        std::mutex mutex;
        std::vector<std::string> ids;
        const auto load =
            run_load(stack, kClients, 1'000'000, 1.5 * bench.size, 0, [&](HttpClient& one) {
              auto id = submit(one, submission);
              const std::lock_guard lock(mutex);
              ids.push_back(std::move(id));
            });
        cancel_all(stack, ids);
        return load.rate();
      },
      [&] {
        return run_load(stack, kClients, 1'000'000, 1.0 * bench.size, 0, check_health).rate();
      });
  bench.report.figures.push_back(
      figure_of_turns("8", "submissions accepted, 8 clients (bare: GET /health)", "/s", accepted,
                      Judged::kAbsolute, 2'000, false));
}

}  // namespace runyard::bench
