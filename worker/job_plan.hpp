#pragma once
// From a submission and its language to the jobs that sandboxes run. Pure.
#include <string>
#include <vector>

#include "core/language.hpp"
#include "core/submission.hpp"
#include "worker/docker_command.hpp"
#include "worker/job.hpp"

namespace runyard {

/// The sandbox that a language's compiler needs, whatever the submission's own limits are: its
/// memory is the manifest's.
SandboxClass compile_class(const Language& language, const std::string& image_id);

/// The sandbox that a run with these limits needs.
SandboxClass run_class(const Language& language, const std::string& image_id, const Limits& limits);

/// One compile step over the submitted files. The language must have one.
Job compile_job(const Language& language, const Submission& submission);

/// The run step, or one step a test, over the submitted files and what was compiled from them.
Job run_job(const Language& language, const Submission& submission,
            const std::vector<JobFile>& compiled);

/// What a program that checks outputs gets: for test i the files i/input, i/output, i/expected,
/// whose names are its arguments; one step a test.
struct CheckedOutput {
  std::string input;
  std::string output;
  std::string expected;
};
Job checker_job(const Language& language, const Submission& checker,
                const std::vector<JobFile>& compiled, const std::vector<CheckedOutput>& outputs);

/// The checker as a submission of its own in its own language, under that language's default
/// limits.
Submission checker_submission(const Language& language, const Checker& checker);

}  // namespace runyard
