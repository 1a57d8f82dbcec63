#include "tests/support/private_engine.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/background.hpp"
#include "tests/support/processes.hpp"

namespace runyard::test {
namespace {

using namespace std::chrono_literals;

pid_t start_program(std::vector<std::string> arguments, const std::string& log) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) return pid;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // should the test be killed
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

/// dockerd and its containerd; the shims of its containers have left the family.
std::vector<pid_t> engine_of(pid_t pid) {
  if (pid <= 0) return {};  // -1 would be every process of the machine
  auto family = children_of(pid);
  family.push_back(pid);
  return family;
}

}  // namespace

PrivateEngine::PrivateEngine(const std::string& folder, const std::string& group,
                             Afterwards afterwards)
    : folder_(folder), group_(group), afterwards_(afterwards) {
  if (afterwards_ == kKeepImage)
    unmount();
  else
    remove();
  std::filesystem::create_directories(folder_);
  try {
    start();
    load_image();
  } catch (...) {
    kill();
    remove();
    throw;
  }
}

PrivateEngine::~PrivateEngine() {
  thaw();
  // It ends its containers and its containerd.
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  if (!await([&] { return pid_ <= 0 || ::waitpid(pid_, nullptr, WNOHANG) != 0; }, 20s, 20ms))
    kill();
  // A container that was being made as its containerd was killed is nobody's.
  for (const auto shim : shims()) signal_all(family_of(shim), SIGKILL);
  if (afterwards_ == kKeepImage)
    unmount();
  else
    remove();
}

void PrivateEngine::load_image() const {
  output_of(
      {"sh", "-c",
       "id() { docker \"$@\" image inspect -f '{{.Id}}' runyard/python:latest 2>/dev/null; }\n"
       "[ \"$(id)\" = \"$(id -H \"$1\")\" ] ||\n"
       "docker save runyard/python:latest | docker -H \"$1\" load",
       "load", host()});
}

void PrivateEngine::freeze() { signal_all(engine_of(pid_), SIGSTOP); }
void PrivateEngine::thaw() { signal_all(engine_of(pid_), SIGCONT); }

std::vector<pid_t> PrivateEngine::shims() const {
  std::vector<pid_t> found;
  for (const auto pid : all_processes()) {
    const auto arguments = arguments_of(pid);
    if (arguments.empty() || arguments[0].find("containerd-shim") == std::string::npos) continue;
    for (const auto& argument : arguments)
      if (argument.rfind(folder_ + "/", 0) == 0) {
        found.push_back(pid);
        break;
      }
  }
  return found;
}

void PrivateEngine::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PrivateEngine::start() {
  // The pid files name processes that are gone (containerd dies with its dockerd), or by now
  // others, or zombies where nobody reaps them: dockerd would refuse to start, or wait for that
  // containerd.
  std::filesystem::remove(folder_ + "/pid");
  std::filesystem::remove(folder_ + "/exec/containerd/containerd.pid");
  // In a network of its own: a dockerd that is told to have no bridge removes docker0, which is the
  // host's engine's.
  pid_ =
      start_program({"unshare", "--net", "dockerd", "--data-root", folder_ + "/data", "--exec-root",
                     folder_ + "/exec", "--pidfile", folder_ + "/pid", "--host", host(), "--group",
                     group_, "--bridge", "none", "--iptables=false", "--log-level", "warn"},
                    folder_ + "/log");
  const auto answers = [&] {
    try {
      output_of({"sh", "-c", "docker -H \"$1\" version >/dev/null 2>&1", "version", host()});
      return true;
    } catch (const std::exception&) {
      return false;
    }
  };
  if (!await(answers, 120s, 100ms))
    throw std::runtime_error("no docker engine; see " + folder_ + "/log");
}

void PrivateEngine::unmount() const {
  std::ifstream mounts("/proc/self/mounts");
  std::vector<std::string> places;
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string device;
    std::string place;
    words >> device >> place;
    if (place.rfind(folder_ + "/", 0) == 0) places.push_back(place);
  }
  for (auto place = places.rbegin(); place != places.rend(); ++place)
    ::umount2(place->c_str(), MNT_DETACH);
}

void PrivateEngine::remove() {
  unmount();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace runyard::test
