#include "worker/job_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

namespace runyard {
namespace {

// Bounds on what comes back: a compiled program, and all artifacts of a run.
constexpr std::int64_t kCompiledBytes = 24 * 1024 * 1024;
constexpr std::int64_t kArtifactBytes = 8 * 1024 * 1024;
// A compiler's own files: objects, class files, and the program.
constexpr std::int64_t kCompileFileBytes = 64 * 1024 * 1024;
constexpr std::int64_t kCompileProcesses = 64;

/// The constant environment, then the language's, then the submission's; the later ones win.
std::vector<std::string> environment(const Language& language, const Submission* submission) {
  std::map<std::string, std::string> variables = {
      {"HOME", "/box"},          {"LANG", "C.UTF-8"}, {"PATH", "/usr/local/bin:/usr/bin:/bin"},
      {"PYTHONUNBUFFERED", "1"}, {"TMPDIR", "/tmp"},
  };
  for (const auto& [name, value] : language.environment) variables[name] = value;
  if (submission)
    for (const auto& [name, value] : submission->env) variables[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

ArgvContext context(const Language& language, const Submission& submission,
                    std::int64_t memory_kb) {
  ArgvContext context;
  context.source = submission.entry;
  context.compile_args = submission.compile_args;
  context.memory_kb = memory_kb;
  const auto suffix = std::filesystem::path(language.source).extension();
  for (const auto& file : submission.files)
    if (std::filesystem::path(file.name).extension() == suffix)
      context.sources.push_back(file.name);
  if (context.sources.empty()) context.sources.push_back(submission.entry);
  return context;
}

std::vector<JobFile> job_files(const Submission& submission) {
  std::vector<JobFile> files;
  for (const auto& file : submission.files) files.push_back({file.name, file.content, 0644});
  return files;
}

/// What nobody has set otherwise.
std::vector<std::string> with_terminal(std::vector<std::string> environment) {
  const auto set = std::any_of(environment.begin(), environment.end(),
                               [](const auto& entry) { return entry.compare(0, 5, "TERM=") == 0; });
  if (!set) environment.emplace_back("TERM=xterm-256color");
  return environment;
}

std::vector<std::string> with_args(std::vector<std::string> argv,
                                   const std::vector<std::string>& args) {
  argv.insert(argv.end(), args.begin(), args.end());
  return argv;
}

JobStep run_step(const Language& language, const Submission& submission) {
  const auto& limits = submission.limits;
  JobStep step;
  step.argv = expand_argv(language.run_argv, context(language, submission, limits.memory_kb));
  step.environment = environment(language, &submission);
  step.wall_ms = limits.wall_ms;
  step.cpu_ms = limits.cpu_ms;
  step.output_bytes = limits.output_bytes;
  step.file_bytes = limits.file_bytes;
  step.processes = limits.processes;
  return step;
}

/// What was compiled replaces a submitted file of the same name.
void add_compiled(std::vector<JobFile>& files, const std::vector<JobFile>& compiled) {
  for (const auto& file : compiled) {
    files.erase(std::remove_if(files.begin(), files.end(),
                               [&](const JobFile& other) { return other.name == file.name; }),
                files.end());
    files.push_back({file.name, file.content, (file.mode & 0755U) | 0444U});
  }
}

}  // namespace

SandboxClass compile_class(const Language& language, const std::string& image_id) {
  return {image_id, language.compile->memory_kb, kCompileProcesses, language.cpus,
          language.image_reference.empty()};
}

SandboxClass run_class(const Language& language, const std::string& image_id,
                       const Limits& limits) {
  return {image_id, limits.memory_kb, limits.processes, language.cpus,
          language.image_reference.empty()};
}

Job compile_job(const Language& language, const Submission& submission) {
  const auto& compile = *language.compile;
  JobStep step;
  step.compile = true;
  step.argv = expand_argv(compile.argv, context(language, submission, compile.memory_kb));
  step.environment = environment(language, nullptr);
  step.wall_ms = submission.limits.compile_wall_ms;
  // Wall time is what a compile step is held to; several threads may use more CPU than that.
  step.cpu_ms = 4 * step.wall_ms;
  step.output_bytes = submission.limits.output_bytes;
  step.file_bytes = kCompileFileBytes;
  step.processes = kCompileProcesses;
  step.collect = compile.outputs;
  step.collect_bytes = kCompiledBytes;
  Job job;
  job.files = job_files(submission);
  job.steps.push_back(std::move(step));
  return job;
}

Job run_job(const Language& language, const Submission& submission,
            const std::vector<JobFile>& compiled) {
  Job job;
  job.files = job_files(submission);
  add_compiled(job.files, compiled);
  auto step = run_step(language, submission);
  if (submission.tests.empty()) {
    step.argv = with_args(std::move(step.argv), submission.args);
    if (const auto& live = submission.live) {
      // What is to be typed first goes the way of all that is typed.
      step.interactive = true;
      if (live->tty) {
        job.tty = TtySize{live->cols, live->rows};
        step.environment = with_terminal(std::move(step.environment));
      }
    } else {
      step.stdin_data = submission.stdin_data;
    }
    step.collect = submission.artifacts;
    step.collect_bytes = submission.artifacts.empty() ? 0 : kArtifactBytes;
    job.steps.push_back(std::move(step));
    return job;
  }
  for (const auto& test : submission.tests) {
    auto one = step;
    one.argv = with_args(std::move(one.argv), test.args.empty() ? submission.args : test.args);
    one.stdin_data = test.stdin_data;
    job.steps.push_back(std::move(one));
  }
  return job;
}

Submission checker_submission(const Language& language, const Checker& checker) {
  Submission submission;
  submission.language = language.id;
  submission.version = language.version;
  submission.entry = language.source;
  submission.files = {{language.source, checker.code}};
  submission.limits = language.default_limits;
  return submission;
}

Job checker_job(const Language& language, const Submission& checker,
                const std::vector<JobFile>& compiled, const std::vector<CheckedOutput>& outputs) {
  Job job;
  job.files = job_files(checker);
  add_compiled(job.files, compiled);
  const auto step = run_step(language, checker);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string folder = std::to_string(i) + "/";
    const std::vector<std::string> names = {folder + "input", folder + "output",
                                            folder + "expected"};
    job.files.push_back({names[0], outputs[i].input});
    job.files.push_back({names[1], outputs[i].output});
    job.files.push_back({names[2], outputs[i].expected});
    auto one = step;
    one.argv = with_args(std::move(one.argv), names);
    job.steps.push_back(std::move(one));
  }
  return job;
}

}  // namespace runyard
