#include "worker/execution_run.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "core/live_events.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "worker/checker.hpp"
#include "worker/hidden_tests.hpp"
#include "worker/job_parts.hpp"
#include "worker/job_plan.hpp"
#include "worker/verdict.hpp"
#include "worker/worker_metrics.hpp"

namespace runyard {
namespace {

// A test's output is kept for its author to look at, not as an archive: each, and all together.
constexpr std::size_t kTestOutputBytes = 64 * 1024;
constexpr std::size_t kTestOutputsBytes = 1024 * 1024;

// What all tests of a run wrote and is held in memory until the last one has ended; beyond it each
// test's output is cut to what is kept of it anyway.
constexpr std::size_t kHeldBytes = 64 * 1024 * 1024;

std::int64_t to_ms(std::uint64_t us) { return static_cast<std::int64_t>((us + 500) / 1000); }

/// The figures of one step, as they stand in results and tests alike.
template <typename Target>
void copy_figures(const protocol::StepEnded& ended, Target& target) {
  target.wall_ms = to_ms(ended.wall_us);
  target.cpu_ms = to_ms(ended.cpu_us);
  target.memory_kb = static_cast<std::int64_t>(ended.peak_bytes / 1024);
}

void copy_end(const StepOutcome& outcome, Result& result) {
  result.output = outcome.output;
  result.errors = outcome.errors;
  result.output_truncated = outcome.ended.stdout_truncated;
  result.errors_truncated = outcome.ended.stderr_truncated;
  if (!outcome.output.empty() && !outcome.errors.empty()) result.output_order = outcome.order;
  if (outcome.ended.signal != 0)
    result.signal = outcome.ended.signal;
  else if (outcome.ended.exit_code >= 0)
    result.exit_code = outcome.ended.exit_code;
}

template <typename Target>
void put_verdict(const Verdict& verdict, Target& target) {
  target.status = verdict.status;
  target.reason = verdict.reason;
  target.message = verdict.message;
}

void cut(std::string& stream, bool& truncated) {
  if (stream.size() <= kTestOutputBytes) return;
  stream.resize(kTestOutputBytes);
  truncated = true;
}

/// Why a file did not come, as the end of a sentence that begins with its name.
std::string why_not_sent(const FileNotSent& file, std::int64_t most_bytes) {
  using protocol::NotSent;
  switch (file.why) {
    case NotSent::kMissing:
      return "is not there";
    case NotSent::kNotPlain:
      return "is not a regular file with one name";
    case NotSent::kTooLarge:
      return "has " + std::to_string(file.size) + " bytes: all together may have " +
             std::to_string(most_bytes);
    case NotSent::kTooMany:
      return "is one too many: at most " + std::to_string(protocol::kMaxArtifacts) +
             " files are returned";
    case NotSent::kBadName:
      return "has a name that is not UTF-8, or longer than 1024 bytes, or below more than 31 "
             "folders";
    case NotSent::kUnreadable:
      break;
  }
  return "cannot be read";
}

bool tainting(const StepOutcome& outcome) { return outcome.ended.limit != protocol::Limit::kNone; }

}  // namespace

ExecutionRun::ExecutionRun(ExecutionServices& services, std::string owner,
                           const Submission& submission, StopSignal& stop, LiveEnds live,
                           std::string id)
    : services_(services),
      id_(std::move(id)),
      tenant_{std::move(owner), submission.isolation_key},
      submission_(submission),
      stop_(stop),
      live_(live) {}

ExecutionRun::~ExecutionRun() { return_sandbox(); }

std::string ExecutionRun::image_of(const Language& language) const {
  const auto id = services_.images.id_of(language.image);
  if (!id) throw SandboxError("the image of " + language.id + " is not here any more");
  return *id;
}

Language ExecutionRun::with_image_environment(const Language& language) const {
  auto own = language;
  auto environment = services_.images.environment_of(language.image);
  environment.insert(environment.end(), own.environment.begin(), own.environment.end());
  own.environment = std::move(environment);
  return own;
}

void ExecutionRun::return_sandbox() {
  if (!loan_.sandbox) return;
  const bool reuse = submission_.isolation == Isolation::kReuse && !limit_was_hit_;
  const bool clean = reuse && loan_.sandbox->finish();
  if (!clean)
    count_not_reused(submission_.isolation != Isolation::kReuse ? NotReused::kFresh
                     : limit_was_hit_                           ? NotReused::kLimit
                                                                : NotReused::kTainted);
  services_.pool.give_back(std::move(loan_), tenant_, clean);
  loan_ = {};
}

std::vector<StepOutcome> ExecutionRun::run_in_sandbox(const SandboxClass& sandbox_class,
                                                      const Job& job, const Hooks& hooks) {
  std::vector<StepOutcome> outcomes;
  bool wanted = true;
  while (wanted && outcomes.size() < job.steps.size()) {
    const std::size_t first = outcomes.size();
    const auto count = steps_at_once(job, first, sandbox_class.memory_kb);
    auto own = hooks;
    if (hooks.on_step)
      own.on_step = [&](std::size_t step, StepOutcome& outcome) {
        wanted = hooks.on_step(first + step, outcome);
        return wanted;
      };
    auto more = count == job.steps.size()
                    ? run_part(sandbox_class, job, own)
                    : run_part(sandbox_class, part_of(job, first, count), own);
    if (more.empty()) break;
    outcomes.insert(outcomes.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
    const auto& last = outcomes.back();
    if (last.ended.limit == protocol::Limit::kCancelled || stop_.cancelled()) break;
    if (job.steps[outcomes.size() - 1].compile && last.ended.exit_code != 0) break;
    while (more.size() == 1 && files_do_not_fit(last) && wanted &&
           outcomes.size() < job.steps.size()) {
      outcomes.push_back(StepOutcome(outcomes.back()));
      if (hooks.on_step) wanted = hooks.on_step(outcomes.size() - 1, outcomes.back());
    }
  }
  return outcomes;
}

std::vector<StepOutcome> ExecutionRun::run_part(const SandboxClass& sandbox_class, const Job& job,
                                                const Hooks& hooks) {
  return_sandbox();
  const auto deadline = std::chrono::steady_clock::now() + services_.sandbox_deadline;
  // One more try in another sandbox: what broke the first may have been a container that the engine
  // lost. Unless somebody has seen something of the first one, or it has taken what was typed.
  if (live_.feed) live_.feed->mark();
  for (int attempt = 1;; ++attempt) {
    const bool reuse = submission_.isolation == Isolation::kReuse && attempt == 1;
    loan_ = services_.pool.borrow(sandbox_class, tenant_, reuse, deadline);
    reused_ = loan_.reused;
    try {
      auto outcomes = loan_.sandbox->run(job, stop_, hooks);
      limit_was_hit_ = std::any_of(outcomes.begin(), outcomes.end(), tainting);
      return outcomes;
    } catch (const SandboxError& e) {
      count_not_reused(NotReused::kFailed);
      services_.pool.give_back(std::move(loan_), tenant_, false);
      loan_ = {};
      if (attempt == 2 || stop_.abandoned() || !may_repeat()) throw;
      log::warn("trying again in another sandbox", {{"execution", id_}, {"error", e.what()}});
    }
  }
}

bool ExecutionRun::may_repeat() const {
  if (live_.input && !live_.input->untouched()) return false;
  return !live_.feed || live_.feed->rewind();
}

void ExecutionRun::tell_stage(std::string_view name) const {
  log::debug("execution stage", {{"execution", id_}, {"stage", name}});
  if (live_.feed) live_.feed->stage(name);
}

void ExecutionRun::tell_test(std::size_t index, const TestResult& test) const {
  if (live_.feed) live_.feed->test(test_event(index, test));
}

StepOutcome ExecutionRun::run_single(const SandboxClass& sandbox_class, Job& job) {
  Hooks hooks;
  if (auto* feed = live_.feed) {
    job.live = feed->followed();
    hooks.on_output = [feed](bool is_errors, std::string_view bytes) {
      feed->output(is_errors, bytes);
    };
  }
  hooks.input = live_.input;
  return std::move(run_in_sandbox(sandbox_class, job, hooks).at(0));
}

/// Its image is here, but the language was taken away or renewed since it was submitted: another
/// attempt would find the same.
Result ExecutionRun::not_here_any_more() const {
  Result result;
  result.status = Status::kFailed;
  result.reason = Reason::kSandboxFailure;
  result.message = "\"" + submission_.language + "\" in version \"" + submission_.version +
                   "\" was taken away after it was submitted: submit it again";
  result.runtime = services_.runtime;
  return result;
}

Result ExecutionRun::run() {
  const auto* known = services_.languages.find(submission_.language, submission_.version);
  if (!known) return not_here_any_more();
  const auto own = with_image_environment(*known);
  const auto* language = &own;
  const auto image_id = image_of(own);

  Result result;
  std::optional<CompileResult> compile_result;
  std::vector<JobFile> compiled;
  if (language->compile) {
    auto outcome = compile(*language, image_id, submission_);
    compile_result = outcome.result;
    if (!outcome.ok) {
      result.status = outcome.status;
      result.reason = outcome.reason;
      result.message = outcome.message;
      result.compile = std::move(compile_result);
      result.sandbox_reused = reused_;
      result.runtime = services_.runtime;
      return result;
    }
    compiled = std::move(outcome.outputs);
  }
  auto job = run_job(*language, submission_, compiled);
  const auto sandbox_class = run_class(*language, image_id, submission_.limits);
  tell_stage("run");
  if (submission_.tests.empty())
    result = judge_single(*language, job.steps.at(0), run_single(sandbox_class, job));
  else
    result = run_tests(*language, sandbox_class, job);
  hide_tests(submission_.tests, result);
  result.compile = std::move(compile_result);
  result.sandbox_reused = reused_;
  result.runtime = services_.runtime;
  return result;
}

ExecutionRun::Compiled ExecutionRun::compile(const Language& language, const std::string& image_id,
                                             const Submission& submission) {
  const auto job = compile_job(language, submission);
  const auto& step = job.steps.at(0);
  const auto key = CompileCache::key(tenant_, image_id, step, job.files);
  Compiled compiled;
  auto cached = services_.cache.find(key);
  (cached ? sandbox_metrics().cache_hits : sandbox_metrics().cache_misses).add();
  if (cached) {
    compiled.ok = true;
    compiled.outputs = std::move(cached->outputs);
    compiled.result.output = std::move(cached->compiler_output);
    compiled.result.errors = std::move(cached->compiler_errors);
    compiled.result.exit_code = 0;
    compiled.result.cached = true;
    return compiled;
  }
  if (&submission == &submission_) tell_stage("compile");  // and not a checker
  auto outcome = std::move(run_in_sandbox(compile_class(language, image_id), job).at(0));
  auto verdict =
      judge_compile(outcome, step.wall_ms, language.compile->memory_kb, step.output_bytes);
  if (verdict.status == Status::kCompleted) {
    // A part of a program would fail in strange ways.
    const auto& left_out = outcome.not_sent;
    const auto large = std::find_if(left_out.begin(), left_out.end(), [](const auto& file) {
      return file.why == protocol::NotSent::kTooLarge || file.why == protocol::NotSent::kTooMany;
    });
    const auto unnamed = std::find_if(left_out.begin(), left_out.end(), [](const auto& file) {
      return file.why == protocol::NotSent::kBadName;
    });
    if (unnamed != left_out.end())
      verdict = {
          Status::kFailed, Reason::kCompileError,
          "what was compiled cannot be taken along: " + to_utf8(unnamed->name).substr(0, 300) +
              " " + why_not_sent(*unnamed, step.collect_bytes)};
    else if (large != left_out.end())
      verdict = {Status::kFailed, Reason::kCompileError,
                 "what was compiled is too much: " + to_utf8(large->name) + " " +
                     why_not_sent(*large, step.collect_bytes)};
    else if (outcome.collected.empty())
      verdict = {Status::kFailed, Reason::kCompileError,
                 "the compiler left none of the files that it should make"};
  }
  if (verdict.reason == Reason::kSandboxFailure) throw SandboxError(verdict.message);
  put_verdict(verdict, compiled);
  compiled.ok = verdict.status == Status::kCompleted;
  compiled.result.status = verdict.status;
  compiled.result.output = std::move(outcome.output);
  compiled.result.errors = std::move(outcome.errors);
  if (outcome.ended.exit_code >= 0) compiled.result.exit_code = outcome.ended.exit_code;
  compiled.result.wall_ms = to_ms(outcome.ended.wall_us);
  compiled.outputs = std::move(outcome.collected);
  if (compiled.ok)
    services_.cache.put(key, {compiled.outputs, compiled.result.output, compiled.result.errors});
  return compiled;
}

Result ExecutionRun::judge_single(const Language& language, const JobStep& step,
                                  StepOutcome outcome) {
  Result result;
  const auto* sign = language.out_of_memory ? &*language.out_of_memory : nullptr;
  put_verdict(judge_run(outcome, submission_.limits, sign), result);
  copy_end(outcome, result);
  copy_figures(outcome.ended, result);
  for (auto& file : outcome.collected)
    result.artifacts.push_back({to_utf8(file.name), std::move(file.content), {}});
  for (const auto& file : outcome.not_sent)
    result.artifacts.push_back({to_utf8(file.name), {}, why_not_sent(file, step.collect_bytes)});
  if (result.status == Status::kCompleted) return result;
  for (const auto& name : step.collect)
    result.artifacts.push_back(
        {name, {}, "is returned only by a program that ends with exit code 0"});
  return result;
}

Result ExecutionRun::run_tests(const Language& language, const SandboxClass& sandbox_class,
                               const Job& job) {
  const auto* sign = language.out_of_memory ? &*language.out_of_memory : nullptr;
  const auto& checker = submission_.checker;
  const auto judge = [&](std::size_t i, const StepOutcome& outcome) {
    const auto& test = submission_.tests[i];
    auto verdict = judge_run(outcome, submission_.limits, sign);
    if (verdict.status == Status::kCompleted && test.expected_output &&
        checker.kind != CheckerKind::kProgram &&
        !output_matches(checker, outcome.output, *test.expected_output))
      verdict = {Status::kFailed, Reason::kWrongAnswer, "the output is not the expected one"};
    return verdict;
  };
  std::vector<Verdict> verdicts;
  std::vector<std::size_t> sizes;  // of what each test wrote
  std::size_t held = 0;
  std::size_t told = 0;  // tests that those who follow know of
  bool stopped = false;  // what follows counts as not run
  Hooks hooks;
  hooks.on_step = [&](std::size_t i, StepOutcome& outcome) {
    if (i < verdicts.size()) {  // again, in another sandbox
      verdicts.resize(i);
      sizes.resize(i);
      held = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
      told = std::min(told, i);
      stopped = false;
    }
    verdicts.push_back(judge(i, outcome));
    sizes.push_back(outcome.output.size() + outcome.errors.size());
    held += sizes.back();
    if (held > kHeldBytes) {
      if (checker.kind == CheckerKind::kProgram && verdicts[i].status == Status::kCompleted)
        verdicts[i] = {Status::kFailed, Reason::kOutputLimit,
                       "the tests together wrote more than the 64 MiB that a checker can be given"};
      cut(outcome.output, outcome.ended.stdout_truncated);
      cut(outcome.errors, outcome.ended.stderr_truncated);
    }
    const bool good = verdicts[i].status == Status::kCompleted;
    // The verdict of a checker's test comes later, and so do tests that are not to be run.
    if (live_.feed && checker.kind != CheckerKind::kProgram && told == i && !stopped) {
      TestResult test;
      test.name = submission_.tests[i].name;
      put_verdict(verdicts[i], test);
      copy_figures(outcome.ended, test);
      tell_test(i, test);
      ++told;
    }
    stopped = stopped || (submission_.stop_on_failure && !good);
    return !stopped;
  };
  const auto outcomes = run_in_sandbox(sandbox_class, job, hooks);

  Result result;
  std::size_t kept = 0;
  bool failed_before = false;
  for (std::size_t i = 0; i < submission_.tests.size(); ++i) {
    TestResult test;
    test.name = submission_.tests[i].name;
    // A test that was cut short because an earlier one failed was not run.
    const bool ran = i < verdicts.size() && !(failed_before && submission_.stop_on_failure);
    if (ran) {
      put_verdict(verdicts[i], test);
      copy_figures(outcomes[i].ended, test);
      const auto room = std::min(kTestOutputBytes, kTestOutputsBytes - kept);
      test.output = outcomes[i].output.substr(0, room);
      kept += test.output.size();
    } else {
      test.skipped = true;
      test.status = Status::kCancelled;
      test.reason = Reason::kCancelled;
      test.message = stop_.cancelled() ? "cancelled" : "not run: an earlier test failed";
    }
    failed_before = failed_before || test.status != Status::kCompleted;
    result.tests.push_back(std::move(test));
  }
  if (checker.kind == CheckerKind::kProgram) {
    // Whole outputs, not the kept parts, are what a checker gets.
    std::vector<TestResult> whole = result.tests;
    for (std::size_t i = 0; i < outcomes.size(); ++i) whole[i].output = outcomes[i].output;
    check_by_program(whole);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      result.tests[i].status = whole[i].status;
      result.tests[i].reason = whole[i].reason;
      result.tests[i].message = whole[i].message;
    }
  }

  for (; told < result.tests.size(); ++told) tell_test(told, result.tests[told]);
  double passed = 0;
  double total = 0;
  const TestResult* worst = nullptr;  // the first that did not pass
  for (std::size_t i = 0; i < result.tests.size(); ++i) {
    const auto& test = result.tests[i];
    total += submission_.tests[i].weight;
    if (test.status == Status::kCompleted)
      passed += submission_.tests[i].weight;
    else if (!worst)
      worst = &test;
    result.wall_ms = std::max(result.wall_ms.value_or(0), test.wall_ms);
    result.cpu_ms = std::max(result.cpu_ms.value_or(0), test.cpu_ms);
    result.memory_kb = std::max(result.memory_kb.value_or(0), test.memory_kb);
  }
  result.score = total > 0 ? std::min(1.0, passed / total) : 0;
  const auto shown =
      worst ? static_cast<std::size_t>(worst - result.tests.data()) : result.tests.size() - 1;
  if (shown < outcomes.size()) copy_end(outcomes[shown], result);
  if (worst) {
    result.status = worst->status;
    result.reason = worst->reason;
    result.message = "test \"" + worst->name + "\": " + worst->message;
  } else {
    result.status = Status::kCompleted;
  }
  return result;
}

}  // namespace runyard
