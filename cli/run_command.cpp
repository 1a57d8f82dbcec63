// `run`: reads, submits, follows, tells, and gives the program's exit code.
#include <signal.h>
#include <unistd.h>

#include <optional>
#include <set>

#include "cli/artifacts.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/following.hpp"
#include "cli/interrupts.hpp"
#include "cli/language_choice.hpp"
#include "cli/members.hpp"
#include "cli/output_replay.hpp"
#include "cli/printing.hpp"
#include "cli/service.hpp"
#include "cli/shown_output.hpp"
#include "cli/sources.hpp"
#include "cli/submission_body.hpp"
#include "cli/test_cases.hpp"
#include "cli/test_report.hpp"
#include "core/ids.hpp"
#include "core/terminal_text.hpp"
#include "core/text.hpp"

namespace runyard::cli {
namespace {

void print(std::string_view text) { write_all(STDOUT_FILENO, text, "stdout"); }

class Run final {
 public:
  Run(const Server& server, const RunOptions& options)
      : options_(options),
        http_(server, &interrupts_),
        service_(
            http_, [this](std::chrono::milliseconds time) { rest(time); },
            [this](std::string_view text) { remark(text); }) {}

  int run() {
    const auto body = read_all_that_is_sent();
    // Until here Ctrl-C ends the client as any other.
    interrupts_.arm();
    const auto id = service_.submit(body);
    if (options_.detach) {
      print(id + "\n");
      return 0;
    }
    try {
      const int code = options_.json ? show_object(id) : show_live(id);
      // A program that was faster than the cancellation has ended by itself.
      if (interrupts_.signal() != 0 && code == kCancelled) die_of(interrupts_.signal());
      return code;
    } catch (const PipeClosed&) {
      service_.cancel(id);
      throw;
    } catch (const WriteFailed&) {
      service_.cancel(id);
      throw;
    }
  }

 private:
  void rest(std::chrono::milliseconds time) {
    if (!interrupts_.wait(time)) return;
    interrupts_.take();
    throw Interrupted(interrupts_.signal());
  }

  void remark(std::string_view text) const {
    if (!options_.quiet) complain(text);
  }

  std::string read_all_that_is_sent() {
    SubmissionBody body;
    const bool from_stdin = options_.files.size() == 1 && options_.files.front() == "-";
    if (from_stdin && options_.language.empty())
      throw Failure("-: the program's language is not known: use --language");
    if (!options_.problem_id.empty() && !is_uuid(options_.problem_id))
      throw Failure("--problem: \"" + options_.problem_id + "\" is not the id of a problem");
    body.files = read_sources(options_.files);
    if (!options_.tests.empty()) tests_ = read_tests(options_.tests);
    // Tests have inputs of their own, and so have a problem's.
    if (options_.tests.empty() && (options_.problem_id.empty() || !options_.input.empty()))
      body.input = read_input(options_.input, from_stdin);
    body.language = options_.language.empty()
                        ? choose_language(service_.ask_json({"GET", "/api/v1/languages"}),
                                          options_.files.front())
                        : options_.language;
    body.version = options_.version;
    body.arguments = options_.arguments;
    body.compile_arguments = options_.compile_arguments;
    body.environment = options_.environment;
    body.time_ms = options_.time_ms;
    body.memory_kb = options_.memory_kb;
    body.tests = tests_.json;
    body.checker = options_.checker;
    body.problem_id = options_.problem_id;
    body.artifacts = options_.artifacts;
    return to_json(body);
  }

  int show_object(const std::string& id) {
    const auto text = wait_for_end(service_, id, "");
    stdout_.add_json(text);
    const auto execution = json::parse(text);
    save(execution);
    return exit_code_of(execution);
  }

  int show_live(const std::string& id) {
    Watcher watcher;
    watcher.on_stdout = [this](std::string_view bytes) { out_.add(bytes); };
    watcher.on_stderr = [this](std::string_view bytes) { errors_.add(bytes); };
    watcher.on_test = [this](const json::Value& test) { tell_test(test); };
    watcher.on_new_attempt = [this] {
      out_.restart();
      errors_.restart();
    };
    const auto execution = follow(service_, id, watcher);
    const bool has_tests = !array_at(execution, "tests").empty();
    if (!has_tests) {
      out_.finish(base64_decode(text_at(execution, "stdout")).value_or(""));
      errors_.finish(base64_decode(text_at(execution, "stderr")).value_or(""));
    }
    stdout_.finish();
    stderr_.finish();
    tell_compilation(execution);
    if (has_tests) tell_tests(execution);
    save(execution);
    const int code = exit_code_of(execution);
    tell_verdict(execution, id, code, has_tests);
    return code;
  }

  void tell_test(const json::Value& test) {
    const auto index = integer_at(test, "index").value_or(-1);
    if (told_.insert(index).second) print(test_line(test));
  }

  void tell_tests(const json::Value& execution) {
    std::int64_t index = 0;
    // Those whose events were lost.
    for (const auto& test : array_at(execution, "tests"))
      if (told_.insert(index++).second) print(test_line(test));
    print(failures_text(execution, tests_.expected));
  }

  void tell_compilation(const json::Value& execution) {
    const auto* compile = execution.find("compile");
    if (!compile || (options_.quiet && text_at(*compile, "status") == "COMPLETED")) return;
    for (const char* output : {"stdout", "stderr"}) {
      stderr_.add(base64_decode(text_at(*compile, output)).value_or(""));
      stderr_.finish();
    }
  }

  void tell_verdict(const json::Value& execution, const std::string& id, int code,
                    bool has_tests) const {
    if (out_.differed() || errors_.differed())
      remark("it ran more than once, since a worker was lost, and wrote something else each time");
    if (is_true(execution, "stdout_truncated")) remark("stdout is cut off at its limit");
    if (is_true(execution, "stderr_truncated")) remark("stderr is cut off at its limit");
    if (stdout_.changed() || stderr_.changed())
      remark("control characters are shown, not sent to the terminal; --escapes pass sends them");
    const auto reason = text_at(execution, "reason");
    const bool own_exit = reason == "RUNTIME_ERROR" && !integer_at(execution, "signal").has_value();
    if (reason.empty() || own_exit || (has_tests && code == kTestsFailed)) return;
    const auto text = printable(reason + ": " + text_at(execution, "message"));
    if (code == kFailed)
      complain(text + " (execution " + id + ")");
    else
      remark(text);
  }

  void save(const json::Value& execution) {
    if (options_.artifacts.empty()) return;
    const auto id = text_at(execution, "execution_id");
    // By our own address: what a server says of another is not followed.
    const auto fetch = [&](const std::string& name) {
      return service_
          .ask({"GET",
                std::string(kExecutionsPath) + "/" + id + "/artifacts/" + percent_encode(name)})
          .body;
    };
    for (const auto& trouble :
         save_artifacts(execution, options_.artifacts, options_.artifacts_folder, fetch))
      complain(printable(trouble));
  }

  const RunOptions& options_;
  Interrupts interrupts_;
  HttpClient http_;
  Service service_;
  TestCases tests_;
  std::set<std::int64_t> told_;
  ShownOutput stdout_ = shown_stdout(options_.escapes);
  ShownOutput stderr_ = shown_stderr(options_.escapes);
  OutputReplay out_{[this](std::string_view bytes) { stdout_.add(bytes); }};
  OutputReplay errors_{[this](std::string_view bytes) { stderr_.add(bytes); }};
};

}  // namespace

int run_program(const Server& server, const RunOptions& options) {
  return Run(server, options).run();
}

}  // namespace runyard::cli
