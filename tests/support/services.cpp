#include "tests/support/services.hpp"

#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <pqxx/pqxx>
#include <sstream>
#include <stdexcept>

#include "tests/support/agent_session.hpp"
#include "tests/support/processes.hpp"

namespace runyard::test {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The value of NAME=value in a file of settings.
std::string setting(const fs::path& file, const std::string& name) {
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(name + "=", 0) == 0) return line.substr(name.size() + 1);
  throw std::runtime_error(file.string() + " has no " + name);
}

/// The label of a worker's containers is the number that it holds by a lock; of the lock files that
/// it may have open, the one whose lock is its own stays open.
std::string label_of_worker(pid_t pid) {
  for (const auto& descriptor : process_folder(pid, "fd")) {
    std::error_code gone;
    const auto target = fs::read_symlink(descriptor, gone);
    if (target.extension() == ".lock" && target.stem().string().rfind("worker-", 0) == 0)
      return target.stem().string();
  }
  return {};
}

}  // namespace

Stack::Stack() {
  const char* var = std::getenv("RUNYARD_TEST_STACK");
  if (!var || !*var)
    throw std::runtime_error(
        "RUNYARD_TEST_STACK is not set: ./runyard test starts a stack and sets it");
  var_ = var;
  run_ = setting(fs::path(var_) / "etc/stack.env", "RUN");
}

bool Stack::has_service(const std::string& name) const {
  return fs::exists(fs::path(var_) / "service" / name / "run");
}

pid_t Stack::pid(const std::string& service) const {
  const auto text = read_file(fs::path(var_) / "service" / service / "supervise/pid");
  return text.empty() ? 0 : std::stoi(text);
}

pid_t Stack::kill(const std::string& service, int signal) const {
  const auto found = pid(service);
  if (found <= 0) throw std::runtime_error(service + " does not run");
  ::kill(found, signal);
  return found;
}

void Stack::control(const std::string& command, const std::string& service) const {
  output_of({"sv", "-w", "30", command, var_ + "/service/" + service});
}

bool Stack::back(const std::string& service, pid_t old) const {
  const auto now = pid(service);
  return now > 0 && now != old && fs::exists("/proc/" + std::to_string(now));
}

std::string Stack::sql(const std::string& statement) const {
  pqxx::connection connection("host=" + run_ +
                              "/pg dbname=runyard user=postgres connect_timeout=15");
  pqxx::nontransaction transaction(connection);
  const auto rows = transaction.exec(statement);
  if (rows.empty() || rows.columns() == 0 || rows[0][0].is_null()) return {};
  return rows[0][0].c_str();
}

std::set<std::string> Stack::containers() const {
  const auto label = label_of_worker(pid("worker"));
  if (label.empty()) return {};
  std::istringstream names(output_of(
      {"docker", "ps", "-a", "--filter", "label=runyard=" + label, "--format", "{{.Names}}"}));
  return {std::istream_iterator<std::string>(names), {}};
}

std::vector<pid_t> Stack::docker_clients() const {
  std::vector<pid_t> clients;
  for (const auto child : children_of(pid("worker"))) {
    const auto arguments = arguments_of(child);
    if (arguments.size() > 2 && arguments[1] == "run") clients.push_back(child);
  }
  return clients;
}

std::set<std::string> Stack::held_containers() const {
  std::set<std::string> names;
  for (const auto client : docker_clients()) {
    const auto arguments = arguments_of(client);
    for (std::size_t i = 1; i < arguments.size(); ++i)
      if (arguments[i - 1] == "--name") names.insert(arguments[i]);
  }
  return names;
}

}  // namespace runyard::test
