#include "tests/support/background.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "tests/support/await.hpp"
#include "tests/support/processes.hpp"

extern "C" char** environ;

namespace runyard::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// NAME=value of this process with those of `more` in place of its own.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (more.count(text.substr(0, text.find('='))) == 0) all.push_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Background::Background(const std::vector<std::string>& argv, const BackgroundOptions& options) {
  auto words = argv;
  auto variables = environment_with(options.environment);
  const auto arguments = pointers_to(words);
  const auto environment = pointers_to(variables);
  const passwd* user = options.user.empty() ? nullptr : ::getpwnam(options.user.c_str());
  if (!options.user.empty() && !user) throw std::runtime_error("no user " + options.user);
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ > 0) return;
  ::setsid();
  const int in = options.input >= 0 ? options.input : ::open("/dev/null", O_RDONLY);
  const int out = ::open(options.log.empty() ? "/dev/null" : options.log.c_str(),
                         O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::close_range(3, ~0U, 0);
  if (user &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  // After the change of user, which takes it back.
  ::prctl(PR_SET_PDEATHSIG, options.end_with_test);
  ::execvpe(arguments[0], arguments.data(), environment.data());
  ::_exit(127);
}

Background::~Background() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Background::alive() {
  if (!ended_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
  return !ended_;
}

void Background::signal(int number) {
  if (alive()) ::kill(pid_, number);
}

int Background::wait(std::chrono::milliseconds limit) {
  if (!await([this] { return !alive(); }, limit, std::chrono::milliseconds(10))) return -1;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

std::vector<pid_t> family_of(pid_t pid) {
  std::vector<pid_t> family = {pid};
  for (std::size_t i = 0; i < family.size(); ++i)
    for (const auto child : children_of(family[i])) family.push_back(child);
  return family;
}

void signal_all(const std::vector<pid_t>& pids, int number) {
  for (const auto pid : pids) ::kill(pid, number);
}

int zombies_of(pid_t pid) {
  int count = 0;
  for (const auto child : children_of(pid)) {
    const auto text = process_file(child, "stat");
    const auto end = text.rfind(") ");  // a name may hold anything
    if (end != std::string::npos && text[end + 2] == 'Z') ++count;
  }
  return count;
}

}  // namespace runyard::test
