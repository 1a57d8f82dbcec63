// The part of ExecutionRun that judges tests by a program of the submitter's.
#include <iterator>

#include "core/log.hpp"
#include "core/text.hpp"
#include "worker/execution_run.hpp"
#include "worker/job_plan.hpp"
#include "worker/job_size.hpp"
#include "worker/verdict.hpp"

namespace runyard {
namespace {

// Inputs and outputs that go to a checker in one job, unless those of one test are more.
constexpr std::size_t kCheckedBytes = 8 * 1024 * 1024;
// Of what a checker, or its compiler, said: in bytes.
constexpr std::size_t kQuoted = 2000;

void fail(TestResult& test, Reason reason, const std::string& why) {
  test.status = Status::kFailed;
  test.reason = reason;
  test.message = why;
}

/// What one output adds to a job of its checker, of whose steps `step` is one.
JobSize size_with(const CheckedOutput& output, const JobSize& step) {
  constexpr std::size_t kFolder = 24;  // of the longest name, "1000/expected"
  auto size = step;
  size.json += 3 * (size_of(JobFile{}).json + 2 * kFolder);  // in `files` and as an argument
  size.blob += output.input.size() + output.output.size() + output.expected.size();
  size.files += 3;
  return size;
}

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
      if (test.status == Status::kCompleted) fail(test, Reason::kWrongAnswer, why);
  };

  std::vector<JobFile> compiled;
  if (language->compile) {
    auto outcome = compile(*language, image_id, program);
    if (!outcome.ok) {
      log::info("a checker does not compile", {{"execution", id_}, {"why", outcome.message}});
      // A compiler quotes the lines that it does not like, and those are the author's.
      if (submission_.checker.hidden)
        return fail_all(
            "the problem's checker does not compile: why is told to its author, in what they "
            "submit themselves");
      return fail_all("the checker does not compile: " + outcome.message + "\n" +
                      storable_text(outcome.result.errors, kQuoted));
    }
    compiled = std::move(outcome.outputs);
  }

  // What all tests wrote may be more than a job can carry.
  const auto files = size_of(checker_job(*language, program, compiled, {}).files);
  const auto step = size_of(checker_job(*language, program, {}, {CheckedOutput{}}).steps.at(0));
  const auto budget = blob_budget(program.limits.memory_kb);
  const CheckJob job = [&](const std::vector<CheckedOutput>& outputs) {
    return checker_job(*language, program, compiled, outputs);
  };
  const auto sandbox_class = run_class(*language, image_id, program.limits);
  std::vector<CheckedOutput> outputs;
  std::vector<TestResult*> which;
  JobSize size;
  const auto check = [&] {
    check_outputs(sandbox_class, job, std::move(outputs), program.limits, which);
    outputs.clear();
    which.clear();
    size = {};
  };
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (tests[i].status != Status::kCompleted) continue;
    CheckedOutput output{submission_.tests[i].stdin_data, tests[i].output,
                         submission_.tests[i].expected_output.value_or("")};
    const auto added = size_with(output, step);
    if (!fits_a_job(files + added)) {
      fail(tests[i], Reason::kOutputLimit,
           "input, output and expected output have " + std::to_string(added.blob) +
               " bytes: with its program that is more than a checker can be given");
      continue;
    }
    const auto sum = size + added;
    if (!outputs.empty() && (sum.blob > kCheckedBytes || !fits_a_job(files + sum, budget))) check();
    outputs.push_back(std::move(output));
    which.push_back(&tests[i]);
    size = size + added;
  }
  if (!outputs.empty()) check();
}

void ExecutionRun::check_outputs(const SandboxClass& sandbox_class, const CheckJob& job,
                                 std::vector<CheckedOutput> outputs, const Limits& limits,
                                 const std::vector<TestResult*>& tests) {
  std::vector<StepOutcome> outcomes;
  if (!time_over()) {
    const StepsJudge all{[](std::size_t) {}, [](std::size_t, StepOutcome&) { return true; }};
    outcomes = run_steps(sandbox_class, job(outputs), all);
  }
  const bool cut_short = outcomes.size() < outputs.size() && !stop_.cancelled() && !time_over();
  if (!cut_short || outputs.size() < 2) return judge_checks(outcomes, limits, tests);
  // The files of all were more than the sandbox holds: no step has run.
  const auto half = static_cast<std::ptrdiff_t>(outputs.size() / 2);
  std::vector<CheckedOutput> second(std::make_move_iterator(outputs.begin() + half),
                                    std::make_move_iterator(outputs.end()));
  outputs.resize(static_cast<std::size_t>(half));
  check_outputs(sandbox_class, job, std::move(outputs), limits,
                {tests.begin(), tests.begin() + half});
  check_outputs(sandbox_class, job, std::move(second), limits, {tests.begin() + half, tests.end()});
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
    const auto said = storable_text(trim(outcomes[k].output), kQuoted);
    fail(test, Reason::kWrongAnswer,
         "the checker refused it" + (verdict.reason == Reason::kRuntimeError && !said.empty()
                                         ? ": " + said
                                         : " (" + verdict.message + ")"));
  }
}

}  // namespace runyard
