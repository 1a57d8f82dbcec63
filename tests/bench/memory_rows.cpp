// Row 9: memory of idle sandboxes, and of a worker that holds many.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/bench/containers.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/rows.hpp"

namespace runyard::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int kSandboxes = 100;
constexpr int kMiB = 1024;
constexpr auto kPatience = 240s;

/// A worker of its own beside the stack's, that holds many sandboxes of one language ready. It has
/// no slot for long: while it lives it also serves the queue, as any worker would.
class SecondWorker final {
 public:
  SecondWorker(const Stack& stack, int sandboxes)
      : stack_(stack), folder_(stack.folder / "bench/languages") {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "python");
    auto manifest = json::parse(read(stack.folder / "app/languages/python/language.json"));
    for (auto& [name, value] : *manifest.object())
      if (name == "warm") value = json::Value(std::int64_t{sandboxes});
    json::Writer writer;
    writer.value(manifest);
    write_text(folder_ / "python/language.json", writer.text());
    fs::copy(stack.folder / "app/languages/python/hello.py", folder_ / "python/hello.py");

    Command command;
    command.argv = stack.worker_prefix;
    command.argv.push_back((stack.folder / "app/bin/runyard-worker").string());
    command.argv.push_back("--config=" + (stack.folder / "etc/worker.conf").string());
    command.argv.push_back("--languages_dir=" + folder_.string());
    command.argv.push_back("--slots=1");
    // Room for all of them by the worker's own reckoning.
    command.argv.push_back("--sandbox_memory_mb=" + std::to_string(sandboxes * 50));
    command.argv.push_back("--log_level=warn");
    command.environment = stack.environment;
    child_ = stack.processes->spawn(command);
    // What it says must not fill its pipe.
    for (auto* pipe : {&child_.out, &child_.err})
      std::thread([fd = pipe->release()] { drain(fd); }).detach();
  }
  ~SecondWorker() {
    ::kill(child_.pid(), SIGTERM);
    for (int i = 0; i < 600 && !child_.exited(); ++i) std::this_thread::sleep_for(100ms);
    child_.kill();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  SecondWorker(const SecondWorker&) = delete;
  SecondWorker& operator=(const SecondWorker&) = delete;

  int pid() const { return child_.pid(); }
  bool ended() const { return child_.exited(); }

 private:
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void drain(int fd) {
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
      std::fwrite(buffer, 1, static_cast<std::size_t>(got), stderr);
    ::close(fd);
  }

  const Stack& stack_;
  fs::path folder_;
  Child child_;
};

}  // namespace

void memory_of_sandboxes(Bench& bench) {
  const int wanted = bench.count(kSandboxes);
  SecondWorker worker(bench.stack, wanted);
  const double begun = now_s();
  std::size_t ready = 0;
  while ((ready = processes_of(bench.stack, worker.pid()).size()) <
         static_cast<std::size_t>(wanted)) {
    if (worker.ended()) throw Failure("the second worker ended by itself");
    if (now_s() - begun > std::chrono::duration<double>(kPatience).count())
      throw Failure("only " + std::to_string(ready) + " of " + std::to_string(wanted) +
                    " sandboxes came up");
    bench.progress("9", std::to_string(ready) + " of " + std::to_string(wanted) + " sandboxes");
    std::this_thread::sleep_for(500ms);
  }
  std::this_thread::sleep_for(2s);  // what starting them used is given back
  std::vector<double> each;
  double client = 0, shim = 0, agent = 0;
  for (const auto& one : processes_of(bench.stack, worker.pid())) {
    client += static_cast<double>(pss_kb(one.client)) / kMiB;
    shim += static_cast<double>(pss_kb(one.shim)) / kMiB;
    agent += static_cast<double>(pss_kb(one.agent)) / kMiB;
    each.push_back(static_cast<double>(pss_kb(one.client) + pss_kb(one.shim) + pss_kb(one.agent)) /
                   kMiB);
  }
  const auto count = static_cast<double>(each.size());
  char what[128];
  std::snprintf(what, sizeof what, "idle sandbox: client %.1f, shim %.1f, agent %.1f MB",
                client / count, shim / count, agent / count);
  Figure sandbox;
  sandbox.row = "9";
  sandbox.what = what;
  sandbox.unit = "MB";
  sandbox.measured = sandbox.value = median(each);
  sandbox.judged = Judged::kAbsolute;
  sandbox.target = 45;
  sandbox.rounds = each;
  bench.report.figures.push_back(sandbox);

  Figure own = sandbox;
  own.what = "the worker itself with " + std::to_string(each.size()) + " sandboxes, resident";
  own.measured = own.value = static_cast<double>(rss_kb(worker.pid())) / kMiB;
  own.target = 60;
  own.rounds = {};
  bench.report.figures.push_back(own);
}

}  // namespace runyard::bench
