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
  std::vector<std::string> argv;  ///< with placeholders, see expand_argv
  /// Files to carry to the run; one `*` in the last component, `**/` in front: in every folder.
  std::vector<std::string> outputs;
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
  /// Of the versions of one id exactly one is what its name alone means.
  bool is_default = true;
  /// What a worker must have to run it: the folder of the image, e.g. "cpp" for runyard/cpp:latest;
  /// "image:" and the reference for an operator's own.
  std::string image;
  std::string image_reference;  ///< an operator's own image, e.g. "python:alpine"; empty: ours
  std::map<std::string, std::string> spec_fields;  ///< of such a one: its entry as it was written
  std::string source;  ///< file name for a submission that is only `code`
  std::optional<CompileStep> compile;
  std::vector<std::string> run_argv;
  std::vector<std::string> bare_compile;  ///< as anybody would type it, see docker/README.md
  std::vector<std::string> bare_run;
  std::vector<std::pair<std::string, std::string>> environment;
  Limits default_limits;
  Limits maximum_limits;
  double cpus = 1.0;
  int warm = 1;  ///< fresh sandboxes held ready
  std::optional<OutOfMemorySign> out_of_memory;
  std::string sample;        ///< the text of hello.<ext>
  std::string described_in;  ///< the file that describes it, for messages
};

/// "3" and "3.13" both choose 3.13.2.
bool version_fits(std::string_view asked, std::string_view version);

/// All languages of one folder, some in several versions. Constant after construction, so any
/// thread may read it.
class LanguageCatalog final {
 public:
  LanguageCatalog() = default;
  /// What cannot stand beside the others is left out and reported in `errors` (field =
  /// described_in): the same version twice, a second default, a version without a default, a name
  /// that is another language's.
  explicit LanguageCatalog(std::vector<Language> languages,
                           std::vector<FieldError>* errors = nullptr);

  /// Reads every `<folder>/*/language.json`. A broken one is left out and reported in `errors`
  /// (field = the file's path), so that it does not take the others down.
  /// `more`: from elsewhere, see spec_file.hpp.
  static LanguageCatalog load(const std::filesystem::path& folder, std::vector<FieldError>& errors,
                              std::vector<Language> more = {});

  /// By id or alias, ASCII case ignored; nullptr when there is none. An id means its default
  /// version, an alias the version whose manifest names it, the default first.
  const Language* find(std::string_view name) const;
  /// The same in a version that fits `version`: exactly it, else what the name alone means, else
  /// the id's default, else the highest. nullptr when none fits. An empty version fits all.
  const Language* find(std::string_view name, std::string_view version) const;
  /// All versions of an id, the default first, then the highest; empty when there is none.
  std::vector<const Language*> versions(std::string_view id) const;
  /// The default version of each, in the order of their ids.
  const std::vector<Language>& all() const { return defaults_; }
  /// Every version of each, in the order of versions().
  std::vector<const Language*> every_version() const;
  /// Ids that are written much like `name`, the nearest first, at most three.
  std::vector<std::string> nearest(std::string_view name) const;

 private:
  struct Place {
    bool is_default;
    std::size_t index;
  };
  const Language& at(Place place) const {
    return (place.is_default ? defaults_ : others_)[place.index];
  }

  std::vector<Language> defaults_;  // by id
  std::vector<Language> others_;    // by id, then the highest version first
  std::map<std::string, Place, std::less<>> by_name_;
};

/// Reads one manifest. `text` is the JSON; the mistakes go to `errors` with their field's path, and
/// the result is then not to be used. `folder` is where it lies: its image, unless it names another
/// one's; empty: the id.
Language parse_language(std::string_view text, std::vector<FieldError>& errors,
                        const std::string& folder = "");

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
