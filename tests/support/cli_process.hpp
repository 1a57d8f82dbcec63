#pragma once
// The real runyard-cli as a child process.
#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "core/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

namespace runyard::test {

struct CliEnd {
  int exit_code = -1;  ///< -1: a signal ended it
  int signal = 0;
  std::string out;
  std::string err;
};

/// Started by the constructor, killed by the destructor unless it has ended.
class CliProcess final {
 public:
  struct Setup {
    std::string input = {};  ///< of a pipe that then ends
    std::map<std::string, std::string> environment = {};
    std::string home = {};    ///< HOME; empty: one that is not there
    std::string folder = {};  ///< where it is started; empty: here
  };

  /// The program is that of RUNYARD_TEST_BIN; throws when that is not set. Its environment is that
  /// of `setup` alone.
  CliProcess(std::vector<std::string> arguments, const Setup& setup);
  ~CliProcess();
  CliProcess(const CliProcess&) = delete;
  CliProcess& operator=(const CliProcess&) = delete;

  /// Reads stdout until it holds `text`; throws when stdout ends, or two minutes pass, before.
  void await_output(const std::string& text);
  /// The same of stderr.
  void await_errors(const std::string& text);
  void kill(int signal) const;
  /// Nobody reads stdout any more.
  void close_output();
  /// Reads the rest and waits; throws after two minutes.
  CliEnd wait();

 private:
  bool read_some();

  pid_t pid_ = -1;
  UniqueFd out_;
  UniqueFd err_;
  CliEnd end_;
};

/// Starts it and waits for its end.
CliEnd run_cli(std::vector<std::string> arguments, const CliProcess::Setup& setup);

}  // namespace runyard::test
