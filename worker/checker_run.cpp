// The part of ExecutionRun that judges tests by a program of the submitter's.
#include "core/text.hpp"
#include "worker/execution_run.hpp"
#include "worker/job_plan.hpp"
#include "worker/verdict.hpp"

namespace runyard {
namespace {

// Inputs and outputs that go to a checker in one job, but for the last one's size.
constexpr std::size_t kCheckedBytes = 8 * 1024 * 1024;

}  // namespace

void ExecutionRun::check_by_program(std::vector<TestResult>& tests) {
  const auto* known = services_.languages.find(submission_.checker.language);
  if (!known) throw SandboxError("there is no language for the checker here");
  const auto own = with_image_environment(*known);
  const auto* language = &own;
  const auto image_id = image_of(own);
  const auto program = checker_submission(*language, submission_.checker);
  const auto fail_all = [&](const std::string& why) {
    for (auto& test : tests)
      if (test.status == Status::kCompleted) {
        test.status = Status::kFailed;
        test.reason = Reason::kWrongAnswer;
        test.message = why;
      }
  };

  std::vector<JobFile> compiled;
  if (language->compile) {
    auto outcome = compile(*language, image_id, program);
    if (!outcome.ok)
      return fail_all("the checker does not compile: " + outcome.message + "\n" +
                      to_utf8(outcome.result.errors).substr(0, 2000));
    compiled = std::move(outcome.outputs);
  }
  // What all tests wrote may be more than a job can carry.
  std::vector<CheckedOutput> outputs;
  std::vector<TestResult*> which;
  std::size_t bytes = 0;
  const auto check = [&] {
    if (outputs.empty()) return;
    std::vector<StepOutcome> outcomes;
    if (!time_over()) {
      const auto job = checker_job(*language, program, compiled, outputs);
      const StepsJudge all{[](std::size_t) {}, [](std::size_t, StepOutcome&) { return true; }};
      outcomes = run_steps(run_class(*language, image_id, program.limits), job, all);
    }
    judge_checks(outcomes, program.limits, which);
    outputs.clear();
    which.clear();
    bytes = 0;
  };
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (tests[i].status != Status::kCompleted) continue;
    outputs.push_back({submission_.tests[i].stdin_data, tests[i].output,
                       submission_.tests[i].expected_output.value_or("")});
    which.push_back(&tests[i]);
    bytes +=
        outputs.back().input.size() + outputs.back().output.size() + outputs.back().expected.size();
    if (bytes > kCheckedBytes) check();
  }
  check();
}

void ExecutionRun::judge_checks(const std::vector<StepOutcome>& outcomes, const Limits& limits,
                                const std::vector<TestResult*>& tests) const {
  for (std::size_t k = 0; k < tests.size(); ++k) {
    auto& test = *tests[k];
    if (k >= outcomes.size() || outcomes[k].ended.limit == protocol::Limit::kCancelled) {
      test.status = Status::kCancelled;
      test.reason = Reason::kCancelled;
      test.message = time_over() ? "not checked: the time of the whole execution was over"
                                 : "cancelled while it was checked";
      continue;
    }
    const auto verdict = judge_run(outcomes[k], limits, nullptr);
    if (verdict.status == Status::kCompleted) continue;
    const auto said = to_utf8(trim(outcomes[k].output)).substr(0, 2000);
    test.status = Status::kFailed;
    test.reason = Reason::kWrongAnswer;
    test.message =
        "the checker refused it" + (verdict.reason == Reason::kRuntimeError && !said.empty()
                                        ? ": " + said
                                        : " (" + verdict.message + ")");
  }
}

}  // namespace runyard
