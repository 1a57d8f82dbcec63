#pragma once
// The baseline: a language's commands in its own image by fork and exec, without sandbox, limits or
// filter.
#include <map>
#include <string>
#include <vector>

#include "tests/bench/stack.hpp"
#include "worker/process.hpp"

namespace runyard::bench {

struct BareStep {
  std::vector<std::string> argv;
  std::string input;  ///< name of a file to read as stdin; "" for none
};

struct BareResult {
  double wall_s = 0;           ///< all runs
  double cpu_s = 0;            ///< of all their processes
  std::vector<double> run_ms;  ///< each run
};

/// One container of an image with the helper runyard-bare as its only process.
class Bare final {
 public:
  Bare(const Stack& stack, const BenchLanguage& language);
  ~Bare();

  /// A file that every following run finds in its folder.
  void file(const std::string& name, const std::string& bytes);
  /// `runs` times the steps one after the other, in `parallel` loops. What the steps print must be
  /// `expected` altogether. Throws Failure.
  BareResult run(const std::vector<BareStep>& steps, const std::string& expected, int runs,
                 int parallel = 1);

 private:
  void send(const std::string& bytes);
  std::string read_line();

  std::string image_;
  Child child_;
  std::string unread_;
};

}  // namespace runyard::bench
