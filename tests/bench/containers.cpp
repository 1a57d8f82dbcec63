#include "tests/bench/containers.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <sstream>
#include <thread>

#include "tests/bench/http_client.hpp"
#include "tests/bench/machine.hpp"
#include "tests/support/processes.hpp"

namespace runyard::bench {
namespace {

using namespace std::chrono_literals;

std::string after(const std::vector<std::string>& arguments, const std::string& flag) {
  const auto at = std::find(arguments.begin(), arguments.end(), flag);
  return at == arguments.end() || at + 1 == arguments.end() ? "" : *(at + 1);
}

bool is_docker_run(const std::vector<std::string>& arguments) {
  return arguments.size() > 2 && arguments[1] == "run" && !after(arguments, "--name").empty();
}

std::size_t running_containers(const Stack& stack) {
  const auto lines = stack.output_of({stack.docker, "ps", "-q", "--filter", "label=runyard"});
  return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
}

}  // namespace

std::vector<std::string> sandboxes_of(int worker_pid) {
  std::vector<std::string> names;
  for (const int pid : test::children_of(worker_pid)) {
    const auto arguments = test::arguments_of(pid);
    if (is_docker_run(arguments)) names.push_back(after(arguments, "--name"));
  }
  return names;
}

std::vector<SandboxProcesses> processes_of(const Stack& stack, int worker_pid) {
  std::map<std::string, int> clients, shims;
  for (const int pid : test::children_of(worker_pid))
    if (const auto arguments = test::arguments_of(pid); is_docker_run(arguments))
      clients[after(arguments, "--name")] = pid;
  for (const int pid : test::all_processes()) {
    const auto arguments = test::arguments_of(pid);
    if (!arguments.empty() && arguments[0].find("containerd-shim") != std::string::npos)
      shims[after(arguments, "-id")] = pid;
  }
  std::vector<SandboxProcesses> all;
  if (clients.empty()) return all;
  std::vector<std::string> inspect = {stack.docker, "inspect", "--format",
                                      "{{.Name}} {{.Id}} {{.State.Pid}}"};
  for (const auto& [name, pid] : clients) inspect.push_back(name);
  // It fails when one of them vanished meanwhile, and still prints the others.
  std::istringstream lines(stack.processes->run({inspect, stack.environment}, 30s).out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, id;
    SandboxProcesses one;
    words >> name >> id >> one.agent;
    if (name.empty() || !shims.count(id)) continue;
    one.client = clients[name.substr(1)];  // docker writes a slash before it
    one.shim = shims[id];
    if (one.client > 0 && one.agent > 0) all.push_back(one);
  }
  return all;
}

void wait_for_pool(const Stack& stack) {
  std::size_t before = 0;
  for (int same = 0, looks = 0; same < 4 && looks < 300; ++looks) {
    const auto now = running_containers(stack);
    same = now == before && now > 0 ? same + 1 : 0;
    before = now;
    std::this_thread::sleep_for(250ms);
  }
}

WorkerPause::WorkerPause(const Stack& stack) : stack_(stack) {
  stack_.output_of({"sv", "-w", "45", "down", (stack_.folder / "service/worker").string()});
}

WorkerPause::~WorkerPause() {
  try {
    stack_.output_of({"sv", "-w", "20", "up", (stack_.folder / "service/worker").string()});
    HttpClient client(stack_);
    for (int looks = 0; looks < 200; ++looks) {
      if (client.request("GET", "/ready").status == 200) break;
      std::this_thread::sleep_for(100ms);
    }
    wait_for_pool(stack_);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "the worker did not come back: %s\n", e.what());
  }
}

}  // namespace runyard::bench
