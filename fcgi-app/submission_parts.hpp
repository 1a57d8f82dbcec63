#pragma once
// The parts of a submission that have rules of their own. For the parsers of submissions and of
// problems only.
#include "fcgi-app/submission_parser.hpp"

namespace runyard {

/// What every part is checked against.
struct ParseContext {
  const LanguageCatalog& catalog;
  const IsAvailable& is_available;
  const SubmissionRules& rules;
  BodyErrors& errors;
};

/// The language of that name, in a version that fits (empty: any). A mistake in `field` and nullptr
/// when there is none; a mistake alone when it cannot run now, or (in "version") when none fits.
const Language* find_language(const std::string& name, const std::string& field,
                              const ParseContext& context, std::string_view version = {});

/// `code`, or `files` with `entry`. `language` may be nullptr (unknown): the names are then checked
/// alone.
void read_sources(ObjectReader& body, const Language* language, const ParseContext& context,
                  Submission& submission);

/// `artifacts`.
void read_artifacts(ObjectReader& body, const ParseContext& context, Submission& submission);

/// `tests`, `checker` and `stop_on_failure`; after `args` and `env`, whose size counts once a test.
/// With a problem its tests and its checker are taken, and others refused.
void read_tests(ObjectReader& body, const ParseContext& context, const StoredProblem* problem,
                Submission& submission);

/// What a live run has instead of tests: `type`, `tty`, `cols`, `rows`, `detach`.
void read_live(ObjectReader& body, const ParseContext& context, const StoredProblem* problem,
               Submission& submission);

/// The members of one element of `tests`. What else the caller's kind of test has is read by him.
TestCase read_test(ObjectReader& reader, std::size_t index, const ParseContext& context);

/// The value of `checker`.
Checker read_checker(const json::Value& value, const ParseContext& context);

constexpr std::size_t kMaxTests = 1000;

/// Bytes that arguments take on their way to a sandbox: each stands there as a JSON text, so an
/// empty one takes its quotes and a comma, and a control character six.
std::size_t sent_bytes(const std::vector<std::string>& args);
std::size_t sent_bytes(std::string_view text);

/// Adds a mistake when the arguments of all tests are too long together. `shared_args` are the
/// sent_bytes() of those that tests without their own get, `environment` those that each gets.
void check_arguments(const std::vector<TestCase>& tests, std::size_t shared_args,
                     std::size_t environment, const ParseContext& context);

/// Of the argument vectors and environments of all run steps. A worker cuts what is too much for
/// one message to a sandbox; these bound how often, and what it holds.
constexpr std::size_t kMaxArgumentBytes = 65'536;      ///< of one vector, without its escapes
constexpr std::size_t kMaxAllArgumentBytes = 524'288;  ///< sent, of all tests, env with each
constexpr std::size_t kMaxArguments = 10'000;

}  // namespace runyard
