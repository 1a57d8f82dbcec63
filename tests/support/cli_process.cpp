#include "tests/support/cli_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace runyard::test {
namespace {

struct Pipe {
  Pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  UniqueFd read;
  UniqueFd write;
};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

void append(UniqueFd& fd, std::string& text) {
  char chunk[65536];
  const auto size = ::read(fd.get(), chunk, sizeof chunk);
  if (size > 0)
    text.append(chunk, static_cast<std::size_t>(size));
  else
    fd.reset();
}

void write_whole(const UniqueFd& fd, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto size = ::write(fd.get(), text.data() + at, text.size() - at);
    if (size < 0) return;  // it did not want all of it
    at += static_cast<std::size_t>(size);
  }
}

}  // namespace

CliProcess::CliProcess(std::vector<std::string> arguments, const Setup& setup) {
  const char* bin = std::getenv("RUNYARD_TEST_BIN");
  if (!bin) throw std::runtime_error("RUNYARD_TEST_BIN is not set: run ./runyard test");
  arguments.insert(arguments.begin(), std::string(bin) + "/cli/runyard-cli");
  std::vector<std::string> variables{"HOME=" + (setup.home.empty() ? "/nowhere" : setup.home)};
  for (const auto& [name, value] : setup.environment) variables.push_back(name + "=" + value);
  auto argv = pointers(arguments);
  auto envp = pointers(variables);
  Pipe in;
  Pipe out;
  Pipe err;
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(in.read.get(), STDIN_FILENO);
    ::dup2(out.write.get(), STDOUT_FILENO);
    ::dup2(err.write.get(), STDERR_FILENO);
    if (!setup.folder.empty() && ::chdir(setup.folder.c_str()) != 0) ::_exit(99);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(99);
  }
  out_ = std::move(out.read);
  err_ = std::move(err.read);
  in.read.reset();
  const auto old = ::signal(SIGPIPE, SIG_IGN);
  write_whole(in.write, setup.input);
  ::signal(SIGPIPE, old);
}

CliProcess::~CliProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool CliProcess::read_some() {
  pollfd ready[2] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
  if (!out_ && !err_) return false;
  constexpr int kPatienceMs = 120'000;
  if (::poll(ready, 2, kPatienceMs) <= 0)
    throw std::runtime_error("runyard-cli is silent; it wrote " + end_.out + end_.err);
  if (out_ && ready[0].revents != 0) append(out_, end_.out);
  if (err_ && ready[1].revents != 0) append(err_, end_.err);
  return true;
}

void CliProcess::await_output(const std::string& text) {
  while (end_.out.find(text) == std::string::npos)
    if (!out_ || !read_some())
      throw std::runtime_error("runyard-cli did not write " + text + "; it wrote " + end_.out +
                               end_.err);
}

void CliProcess::await_errors(const std::string& text) {
  while (end_.err.find(text) == std::string::npos)
    if (!err_ || !read_some())
      throw std::runtime_error("runyard-cli did not say " + text + "; it wrote " + end_.out +
                               end_.err);
}

void CliProcess::kill(int signal) const { ::kill(pid_, signal); }

void CliProcess::close_output() { out_.reset(); }

CliEnd CliProcess::wait() {
  while (read_some()) {
  }
  int status = 0;
  if (::waitpid(std::exchange(pid_, -1), &status, 0) < 0)
    throw std::system_error(errno, std::generic_category(), "waitpid");
  if (WIFEXITED(status)) end_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end_.signal = WTERMSIG(status);
  return end_;
}

CliEnd run_cli(std::vector<std::string> arguments, const CliProcess::Setup& setup) {
  return CliProcess(std::move(arguments), setup).wait();
}

}  // namespace runyard::test
