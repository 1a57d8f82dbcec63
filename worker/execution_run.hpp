#pragma once
// One execution from claim to result: compile (or not), run, judge.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/execution.hpp"
#include "core/language.hpp"
#include "worker/compile_cache.hpp"
#include "worker/images.hpp"
#include "worker/live_feed.hpp"
#include "worker/sandbox_pool.hpp"

namespace runyard {

/// What all executions of a worker share.
struct ExecutionServices {
  const LanguageCatalog& languages;
  const Images& images;
  SandboxPool& pool;
  CompileCache& cache;
  std::string runtime;  ///< recorded with each result
  std::chrono::milliseconds sandbox_deadline{30'000};
};

/// Where what an execution says goes to as it comes, and where what is typed into it comes from.
struct LiveEnds {
  LiveFeed* feed = nullptr;   ///< may be null
  JobInput* input = nullptr;  ///< of a live run; else null
};

/// Lends sandboxes to one execution. A sandbox whose job went well is proved clean only after the
/// result has been handed over, so that nobody waits for that.
class ExecutionRun final {
 public:
  /// `owner` must be what the database says of the execution; `id` is for the log.
  ExecutionRun(ExecutionServices& services, std::string owner, const Submission& submission,
               StopSignal& stop, LiveEnds live = {}, std::string id = {});
  /// Proves the last sandbox clean and gives it back.
  ~ExecutionRun();
  ExecutionRun(const ExecutionRun&) = delete;
  ExecutionRun& operator=(const ExecutionRun&) = delete;

  /// Throws SandboxError when it was us who failed, twice: the execution is to be released.
  Result run();

  /// The sandbox that it has now; "" for none.
  std::string sandbox() const { return loan_.sandbox ? loan_.sandbox->name() : std::string(); }

 private:
  struct Compiled {
    bool ok = false;
    std::vector<JobFile> outputs;
    CompileResult result;
    Status status = Status::kCompleted;
    Reason reason = Reason::kNone;
    std::string message;
  };
  using Hooks = Sandbox::Hooks;

  Compiled compile(const Language& language, const std::string& image_id,
                   const Submission& submission);
  /// Runs all steps, in as many sandboxes as it takes.
  std::vector<StepOutcome> run_in_sandbox(const SandboxClass& sandbox_class, const Job& job,
                                          const Hooks& hooks = {});
  /// In one sandbox, and once more in another where that one breaks.
  std::vector<StepOutcome> run_part(const SandboxClass& sandbox_class, const Job& job,
                                    const Hooks& hooks);
  StepOutcome run_single(const SandboxClass& sandbox_class, Job& job);
  bool may_repeat() const;
  void tell_stage(std::string_view name) const;
  void return_sandbox();
  Result judge_single(const Language& language, const JobStep& step, StepOutcome outcome);
  Result run_tests(const Language& language, const SandboxClass& sandbox_class, const Job& job);
  void tell_test(std::size_t index, const TestResult& test) const;
  void check_by_program(std::vector<TestResult>& tests);
  static void judge_checks(const std::vector<StepOutcome>& outcomes, const Limits& limits,
                           const std::vector<TestResult*>& tests);
  std::string image_of(const Language& language) const;
  /// With what an operator's own image sets, which the manifest may set otherwise.
  Language with_image_environment(const Language& language) const;
  Result not_here_any_more() const;

  ExecutionServices& services_;
  const std::string id_;
  const Tenant tenant_;
  const Submission& submission_;
  StopSignal& stop_;
  const LiveEnds live_;
  SandboxLoan loan_;
  bool limit_was_hit_ = false;  // in the sandbox on loan: it serves nobody again
  bool reused_ = false;
};

}  // namespace runyard
