#pragma once
// What is measured: the running stack, its languages, and how to talk to them.
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "worker/process.hpp"

namespace runyard::bench {

/// A wrong answer, or something that could not be done: the measurement is worth nothing.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A language as the bench needs it, from its language.json.
struct BenchLanguage {
  std::string id;
  std::string image;                      ///< with its tag
  std::string source;                     ///< file name
  std::string hello;                      ///< prints kHello
  std::vector<std::string> bare_compile;  ///< empty for interpreted languages
  std::vector<std::string> bare_run;
  std::vector<std::pair<std::string, std::string>> environment;
};

inline constexpr char kHello[] = "Hello, World!\n";

struct Stack {
  std::string host = "127.0.0.1";
  std::string port = "8080";
  std::filesystem::path folder;            ///< the state folder of `./runyard up`
  std::string docker;                      ///< path of the docker client
  std::vector<std::string> worker_prefix;  ///< runs a command as the worker's user
  std::vector<std::string> environment;    ///< for programs that the bench starts
  std::vector<BenchLanguage> languages;
  std::shared_ptr<ProcessHost> processes;

  /// Throws Failure when there is no such language or its manifest has no bare commands.
  const BenchLanguage& language(const std::string& id) const;
  std::string url() const { return "http://" + host + ":" + port; }
  /// Runs a program to its end and gives what it printed. Throws Failure when it fails.
  std::string output_of(const std::vector<std::string>& argv, int seconds = 60) const;
};

/// From the variables RUNYARD_BENCH_* that setup/bench.sh sets. Throws Failure.
Stack find_stack();

}  // namespace runyard::bench
