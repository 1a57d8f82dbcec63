#include "tests/bench/bare.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <sstream>

namespace runyard::bench {
namespace {

std::string helper_path() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "runyard-bare").string();
}

std::string sized(const std::string& bytes) { return std::to_string(bytes.size()) + "\n" + bytes; }

Command container(const Stack& stack, const BenchLanguage& language) {
  Command command;
  // The same places to write and the same environment as in a sandbox; no limits, no filter, no
  // other user.
  command.argv = {stack.docker,
                  "run",
                  "-i",
                  "--rm",
                  "--pull",
                  "never",
                  "--network",
                  "none",
                  "--security-opt",
                  "seccomp=unconfined",
                  "--log-driver",
                  "none",
                  "--tmpfs",
                  "/box:rw,exec,mode=1777",
                  "--tmpfs",
                  "/tmp:rw,exec,mode=1777",
                  "-v",
                  helper_path() + ":/runyard-bare:ro",
                  "--entrypoint",
                  "/runyard-bare"};
  for (const auto& [name, value] : language.environment) {
    command.argv.emplace_back("--env");
    command.argv.push_back(name + "=" + value);
  }
  command.argv.push_back(language.image);
  command.environment = stack.environment;
  return command;
}

}  // namespace

Bare::Bare(const Stack& stack, const BenchLanguage& language)
    : image_(language.image), child_(stack.processes->spawn(container(stack, language))) {}

Bare::~Bare() { child_.in.reset(); }

void Bare::file(const std::string& name, const std::string& bytes) {
  send("file " + name + " " + sized(bytes) + "\n");
}

BareResult Bare::run(const std::vector<BareStep>& steps, const std::string& expected, int runs,
                     int parallel) {
  std::string order = "expect " + sized(expected) + "\nrun " + std::to_string(parallel) + " " +
                      std::to_string(runs) + " " + std::to_string(steps.size()) + "\n";
  for (const auto& step : steps) {
    order += "step " + (step.input.empty() ? "/dev/null" : step.input) + " " +
             std::to_string(step.argv.size()) + "\n";
    for (const auto& argument : step.argv) order += sized(argument) + "\n";
  }
  send(order);
  std::istringstream answer(read_line());
  std::string word;
  answer >> word;
  if (word != "ok") {
    std::string why;
    std::getline(answer, why);
    throw Failure("the bare run of " + steps.front().argv.front() + " in " + image_ + ":" + why);
  }
  BareResult result;
  answer >> result.wall_s >> result.cpu_s;
  result.wall_s /= 1e6;
  result.cpu_s /= 1e6;
  for (double us = 0; answer >> us;) result.run_ms.push_back(us / 1e3);
  return result;
}

void Bare::send(const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t sent = ::write(child_.in.get(), bytes.data() + at, bytes.size() - at);
    if (sent < 0 && errno != EINTR) throw Failure("the bare container of " + image_ + " is gone");
    if (sent > 0) at += static_cast<std::size_t>(sent);
  }
}

std::string Bare::read_line() {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    char buffer[65536];
    const ssize_t got = ::read(child_.out.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      const ssize_t said = ::read(child_.err.get(), buffer, sizeof buffer);
      throw Failure("the bare container of " + image_ + " ended: " +
                    std::string(buffer, static_cast<std::size_t>(said > 0 ? said : 0)));
    }
    unread_.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace runyard::bench
