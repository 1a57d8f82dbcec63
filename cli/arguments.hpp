#pragma once
// The command line; its .cpp is the only file that knows CLI11.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace runyard::cli {

struct ServerOptions {
  std::string url;
  std::string ca_file;
};

struct RunOptions {
  std::vector<std::string> files;
  std::vector<std::string> arguments;  ///< of the program: what stands behind "--"
  std::string language;
  std::string version;
  std::string input;  ///< a file, or "-"
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> compile_arguments;
  std::optional<std::int64_t> time_ms;
  std::optional<std::int64_t> memory_kb;
  std::string tests;
  std::string checker;
  std::string problem_id;
  std::vector<std::string> artifacts;
  std::string artifacts_folder = ".";
  bool json = false;
  bool detach = false;
  bool quiet = false;
  std::string escapes = "auto";  ///< or "show", "pass": see ShownOutput
};

struct LanguagesOptions {
  bool json = false;
};

struct HistoryOptions {
  std::string execution_id;  ///< empty: the list
  int limit = 20;
  std::string status;
  std::string language;
  bool json = false;
};

struct LoginOptions {
  std::string user;
  bool with_key = false;  ///< the key comes from standard input
};

struct LogoutOptions {};

/// Asked for with --help or --version: printed, and that is all.
struct Help {
  std::string text;
};

struct Arguments {
  ServerOptions server;
  std::variant<Help, RunOptions, LanguagesOptions, HistoryOptions, LoginOptions, LogoutOptions>
      command;
};

/// `words` are those behind the program's name. Throws Failure that says what is wrong.
Arguments parse_arguments(std::vector<std::string> words);

}  // namespace runyard::cli
