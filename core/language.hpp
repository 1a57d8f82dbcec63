#pragma once
// Languages: one folder each under docker/languages, described by its language.json.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "core/limits.hpp"

namespace runyard {

/// How a language's runtime reports that its own heap is full, before the kernel has to end it.
struct OutOfMemorySign {
  std::vector<int> exit_codes;
  std::vector<int> signals;
  std::string stderr_text;
};

struct CompileStep {
  std::vector<std::string> argv;     ///< with placeholders, see expand_argv
  std::vector<std::string> outputs;  ///< files to carry to the run; one `*` in the last component
  std::vector<std::string> allowed_args;  ///< what a submission's compile_args may hold
  std::int64_t memory_kb = 512 * kKib;
  std::int64_t wall_ms = 20'000;
};

/// One language.json, checked.
struct Language {
  std::string id;
  std::string name;
  std::vector<std::string> aliases;
  std::string version;
  std::string image;   ///< folder whose image runs it, e.g. "cpp" for runyard/cpp:latest
  std::string source;  ///< file name for a submission that is only `code`
  std::optional<CompileStep> compile;
  std::vector<std::string> run_argv;
  std::vector<std::pair<std::string, std::string>> environment;
  Limits default_limits;
  Limits maximum_limits;
  double cpus = 1.0;
  int warm = 1;  ///< fresh sandboxes held ready
  std::optional<OutOfMemorySign> out_of_memory;
  std::string sample;  ///< the text of hello.<ext>
};

/// All languages of one folder. Constant after construction, so any thread may read it.
class LanguageCatalog final {
 public:
  LanguageCatalog() = default;
  explicit LanguageCatalog(std::vector<Language> languages);

  /// Reads every `<folder>/*/language.json`. A broken one is left out and reported in `errors`
  /// (field = the file's path), so that it does not take the others down.
  static LanguageCatalog load(const std::filesystem::path& folder, std::vector<FieldError>& errors);

  /// By id or alias, ASCII case ignored; nullptr when there is none.
  const Language* find(std::string_view name) const;
  /// In the order of their ids.
  const std::vector<Language>& all() const { return languages_; }
  /// Ids that are written much like `name`, the nearest first, at most three.
  std::vector<std::string> nearest(std::string_view name) const;

 private:
  std::vector<Language> languages_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

/// Reads one manifest. `text` is the JSON; the mistakes go to `errors` with their field's path, and
/// the result is then not to be used.
Language parse_language(std::string_view text, std::vector<FieldError>& errors);

/// What the placeholders of an argument vector stand for.
struct ArgvContext {
  std::string source;                     ///< {source}, and {stem} without its suffix
  std::vector<std::string> sources;       ///< {sources}: an argument each
  std::vector<std::string> compile_args;  ///< {compile_args}: an argument each
  std::int64_t memory_kb = 0;             ///< {memory_mb}; {heap_mb} = max(half of it, it - 64)
};

/// The argument vector with its placeholders filled in. Pure.
std::vector<std::string> expand_argv(const std::vector<std::string>& argv,
                                     const ArgvContext& context);

}  // namespace runyard
