#pragma once
// Settings of a program from its defaults, a file, the environment and flags, the later ones
// winning. One table serves reading, checking and --help, so that they cannot drift apart.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/errors.hpp"

namespace runyard {

/// One setting. `parse` stores the value or returns the rule that it breaks ("" when it is right).
struct Setting {
  std::string name;  ///< snake_case; --name=, RUNYARD_NAME, `name =` in a file
  std::string shown_default;
  std::string help;  ///< one sentence with the unit and the special values
  std::function<std::string(const std::string& text)> parse;
  /// Variables of an older program that mean the same, e.g. "RUNNER_DB_DSN". In the environment
  /// only; setting one beside RUNYARD_NAME to something else is a mistake.
  std::vector<std::string> aliases = {};
};

/// The setting, known by that variable too.
Setting with_alias(Setting setting, std::string variable);

/// Settings of the common kinds, bound to a member of the caller's config. The member's value at
/// this moment is the default.
Setting text_setting(std::string name, std::string& target, std::string help);
Setting integer_setting(std::string name, int& target, int minimum, int maximum, std::string help);
Setting real_setting(std::string name, double& target, double minimum, double maximum,
                     std::string help);
Setting boolean_setting(std::string name, bool& target, std::string help);
Setting choice_setting(std::string name, std::string& target, std::vector<std::string> choices,
                       std::string help);
/// Kibibytes, written as a number of bytes or with K, M or G behind it ("100M").
Setting memory_setting(std::string name, std::int64_t& target_kb, std::int64_t minimum_kb,
                       std::int64_t maximum_kb, std::string help);

/// Where settings come from. `environment` holds NAME -> value of all variables.
struct ConfigSources {
  std::vector<std::string> arguments;  ///< without the program's name
  std::map<std::string, std::string> environment;
};
ConfigSources process_sources(int argc, char** argv);

/// The file that `--config=FILE`, else RUNYARD_CONFIG names; empty without one.
std::string config_file(const ConfigSources& sources);

/// Fills in the settings: `--config=FILE` (or RUNYARD_CONFIG) names the file of `name = value`
/// lines. Returns every mistake at once: an unknown name in the file or among the flags, a value
/// that breaks its rule, an unreadable file. Variables named RUNYARD_* that no table of ours knows
/// are left alone, since programs share one environment; `shared_names` are settings of sibling
/// programs that the file may also hold.
std::vector<FieldError> load_config(const std::vector<Setting>& settings,
                                    const ConfigSources& sources,
                                    const std::vector<std::string>& shared_names = {});

/// Variables named RUNNER_* (the older program's) that none of our programs reads: most likely
/// misspelt, but other software uses such names too, so it is no mistake.
std::vector<std::string> unknown_older_variables(const ConfigSources& sources);

/// The text of --help.
std::string config_help(const std::string& program, const std::string& purpose,
                        const std::vector<Setting>& settings);

/// What every program does first: --help and --version are answered (returns false: exit 0),
/// mistakes are printed to stderr one a line (throws ConfigError). Variables that
/// unknown_older_variables() finds are warned of on stderr.
bool read_config(const std::string& program, const std::string& purpose,
                 const std::vector<Setting>& settings, const ConfigSources& sources,
                 const std::vector<std::string>& shared_names = {});

}  // namespace runyard
