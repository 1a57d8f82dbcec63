#include "tests/chaos/soak_load.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>

#include "core/ids.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/live_client.hpp"

namespace runyard::soak {
namespace {

using namespace std::chrono_literals;
using test::HttpClient;
using test::submission;

/// One of five programs, so that the compile cache has them.
std::string cpp_program() {
  static std::atomic<int> number{0};
  return "#include <cstdio>\nint main() { std::puts(\"" + std::to_string(++number % 5) + "\"); }\n";
}

void reads(const std::string& url) {
  HttpClient client(url, "127.0.1.1");
  for (const auto* path : {"/api/v1/executions?limit=20", "/api/v1/languages", "/api/v1/stats"})
    if (const auto answer = client.get(path); answer.status != 200)
      throw std::runtime_error(std::string(path) + " answered " + answer.body);
}

/// Submits, cancels, and looks at what came of it.
void cancels(const std::string& url) {
  HttpClient client(url, "127.0.1.2");
  const auto accepted =
      client.post(test::kExecutions, submission("python", "import time\ntime.sleep(20)"));
  const auto id = test::text_at(accepted.json(), "execution_id");
  const auto path = std::string(test::kExecutions) + "/" + id;
  client.post(path + "/cancel", "{}");
  const auto ended = test::wait_for_end(client, id);
  if (test::text_at(ended, "status") != "CANCELLED")
    throw std::runtime_error("a cancelled one ended as " + test::text_at(ended, "status"));
}

}  // namespace

SoakLoad::SoakLoad(std::string port) : port_(std::move(port)) {
  const auto url = "http://127.0.0.1:" + port_;
  for (int owner = 1; owner <= 3; ++owner)
    again_and_again("short", 700, [this, owner] {
      run_program("127.0.2." + std::to_string(owner),
                  submission("python", "print('" + random_hex(8) + "' * 20)"), "COMPLETED");
    });
  again_and_again("failing", 1500, [this] {
    run_program("127.0.2.4", submission("python", "raise SystemExit(3)"), "RUNTIME_ERROR");
  });
  again_and_again("time-out", 3000, [this] {
    run_program("127.0.2.5",
                submission("python", "while True: pass", "\"limits\": {\"wall_ms\": 500}"),
                "WALL_TIME");
  });
  again_and_again("memory limit", 3000, [this] {
    run_program("127.0.2.6",
                submission("python", "x = 'x' * (200 << 20)", "\"limits\": {\"memory_kb\": 65536}"),
                "MEMORY_LIMIT");
  });
  again_and_again("compiled", 1500, [this] {
    run_program("127.0.2.7", submission("cpp", cpp_program()), "COMPLETED");
  });
  again_and_again("webhook", 2000, [this] {
    run_program("127.0.2.8",
                submission("python", "print(1)",
                           "\"callback_url\": \"" + receiver_.url("/status/204") + "\""),
                "COMPLETED");
  });
  again_and_again("live", 2000, [this] { run_live(); });
  again_and_again("reads", 1000, [url] { reads(url); });
  again_and_again("cancelled", 4000, [url] { cancels(url); });
}

SoakLoad::~SoakLoad() {
  stop_ = true;
  for (auto& thread : threads_) thread.join();
}

LoadCounts SoakLoad::counts() const {
  const std::lock_guard lock(mutex_);
  auto counts = counts_;
  counts.done["webhooks received"] = static_cast<int>(receiver_.requests().size());
  return counts;
}

void SoakLoad::again_and_again(const std::string& kind, int pause_ms, std::function<void()> once) {
  threads_.emplace_back([this, kind, pause_ms, once = std::move(once)] {
    while (!stop_) {
      std::string mistake;
      try {
        once();
      } catch (const std::exception& e) {
        mistake = kind + ": " + e.what();
      }
      {
        const std::lock_guard lock(mutex_);
        ++counts_.done[kind];
        if (!mistake.empty()) {
          ++counts_.wrong[kind];
          counts_.last_mistake = mistake;
        }
      }
      for (int waited = 0; waited < pause_ms && !stop_; waited += 100)
        std::this_thread::sleep_for(100ms);
    }
  });
}

void SoakLoad::run_program(const std::string& owner, const std::string& body,
                           const std::string& expected) const {
  HttpClient client("http://127.0.0.1:" + port_, owner);
  const auto ended = test::run_to_end(client, body);
  auto verdict = test::text_at(ended, "reason");
  if (verdict.empty()) verdict = test::text_at(ended, "status");
  if (verdict != expected)
    throw std::runtime_error("ended as " + verdict + ", not " + expected + ": " +
                             test::text_at(ended, "message"));
}

/// Somebody types a line, reads the answer and leaves.
void SoakLoad::run_live() const {
  test::LiveClient client("127.0.0.1:" + port_);
  client.send(R"json({"type": "run", "language": "python", "code": "print(input()[::-1])"})json");
  std::string said;
  for (bool typed = false;;) {
    const auto message = client.receive();
    const auto type = test::text_at(message, "type");
    if (type == "started" && !typed) {
      typed = true;
      client.send(R"({"type": "stdin", "data": "desserts\n"})");
    }
    if (type == "output") said += test::text_at(message, "data");
    if (type == "error") throw std::runtime_error(test::text_at(message, "message"));
    if (type == "exit") break;
  }
  if (said.find("stressed") == std::string::npos) throw std::runtime_error("it said " + said);
}

}  // namespace runyard::soak
