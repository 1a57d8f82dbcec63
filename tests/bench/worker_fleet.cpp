#include "tests/bench/worker_fleet.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace runyard::bench {
namespace {

using namespace std::chrono_literals;

void wait_for_line(Child& child) {
  std::string said;
  while (said.find('\n') == std::string::npos) {
    pollfd readable{child.out.get(), POLLIN, 0};
    char buffer[256];
    const ssize_t got =
        ::poll(&readable, 1, 20'000) > 0 ? ::read(child.out.get(), buffer, sizeof buffer) : 0;
    if (got <= 0) {
      child.kill();
      const ssize_t more = ::read(child.err.get(), buffer, sizeof buffer);
      throw Failure("a no-op worker did not start: " +
                    std::string(buffer, more > 0 ? static_cast<std::size_t>(more) : 0));
    }
    said.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace

WorkerFleet::WorkerFleet(const Stack& stack, const std::string& database, int workers, int slots,
                         const std::vector<std::string>& prefix) {
  Command command;
  command.argv = prefix;
  command.argv.push_back(
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "runyard-noop-worker")
          .string());
  command.argv.insert(command.argv.end(), {database, std::to_string(slots), std::to_string(slots)});
  command.environment = stack.environment;
  for (int i = 0; i < workers; ++i) workers_.push_back(stack.processes->spawn(command));
  for (auto& worker : workers_) wait_for_line(worker);
}

WorkerFleet::~WorkerFleet() {
  for (auto& worker : workers_) worker.in.reset();
  for (auto& worker : workers_) {
    for (int looks = 0; looks < 3000 && !worker.exited(); ++looks)
      std::this_thread::sleep_for(10ms);
    worker.kill();
  }
}

}  // namespace runyard::bench
