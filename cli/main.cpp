// Theory of operation: one process, one thread, one connection. `run` sends the program, then reads
// the execution's events as the server sends them and writes what they hold; libcurl's loop waits
// for the network and for signals together (interrupts.*). Whatever breaks, the execution lives on
// the server: the connection is made again behind the last event, or its end is asked for. Only
// run_command.cpp knows the order of it all; parsing (sse_parser, language_choice, exit_code,
// output_replay, test_cases, test_report) touches neither network nor terminal.
#include <signal.h>
#include <unistd.h>

#include <exception>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/interrupts.hpp"
#include "cli/printing.hpp"
#include "cli/settings.hpp"

namespace runyard::cli {
namespace {

struct Dispatch {
  const ServerOptions& options;
  Environment environment = process_environment();

  int operator()(const Help& help) const {
    write_all(STDOUT_FILENO, help.text, "stdout");
    return 0;
  }
  int operator()(const RunOptions& run) const { return run_program(server(), run); }
  int operator()(const LanguagesOptions& languages) const {
    return show_languages(server(), languages);
  }
  int operator()(const HistoryOptions& history) const { return show_history(server(), history); }
  int operator()(const LoginOptions& login) const {
    return log_in(server(), login, stored(), settings_path(environment));
  }
  int operator()(const LogoutOptions& /*logout*/) const {
    return log_out(stored(), settings_path(environment));
  }

  StoredSettings stored() const { return read_settings(settings_path(environment)); }
  Server server() const {
    return choose_server(options.url, options.ca_file, environment, stored());
  }
};

int run_main(int argc, char** argv) {
  fill_standard_streams();
  // A reader that went is seen at the write, which then tells the server.
  ::signal(SIGPIPE, SIG_IGN);
  try {
    const auto arguments = parse_arguments({argv + 1, argv + argc});
    return std::visit(Dispatch{arguments.server}, arguments.command);
  } catch (const Failure& failure) {
    complain(failure.what());
    return failure.exit_code();
  } catch (const Interrupted& interrupted) {
    die_of(interrupted.signal());
  } catch (const PipeClosed&) {
    die_of(SIGPIPE);
  } catch (const std::exception& error) {
    complain(error.what());
    return kFailed;
  }
}

}  // namespace
}  // namespace runyard::cli

int main(int argc, char** argv) { return runyard::cli::run_main(argc, argv); }
