#include "core/config.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/text.hpp"

extern char** environ;

namespace runyard {
namespace {

const Setting* find(const std::vector<Setting>& settings, const std::string& name) {
  for (const auto& setting : settings)
    if (setting.name == name) return &setting;
  return nullptr;
}

std::string variable_of(const std::string& name) {
  std::string variable = "RUNYARD_" + name;
  for (char& c : variable) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

void apply(const Setting& setting, const std::string& text, const std::string& source,
           std::vector<FieldError>& errors) {
  const auto rule = setting.parse(text);
  if (!rule.empty())
    errors.push_back({source, setting.name + " " + rule + ", not \"" + text + "\""});
}

/// RUNYARD_NAME, and the older names that mean the same.
void read_variables(const Setting& setting, const std::map<std::string, std::string>& environment,
                    std::vector<FieldError>& errors) {
  auto names = setting.aliases;
  names.insert(names.begin(), variable_of(setting.name));
  const std::string* first = nullptr;
  std::string first_name;
  for (const auto& name : names) {
    const auto found = environment.find(name);
    if (found == environment.end()) continue;
    if (!first) {
      first = &found->second;
      first_name = name;
      apply(setting, found->second, name, errors);
    } else if (found->second != *first) {
      errors.push_back(
          {name, "is not what " + first_name + " says, which means the same: set one of them"});
    }
  }
}

void read_file(const std::string& path, const std::vector<Setting>& settings,
               const std::vector<std::string>& shared_names, std::vector<FieldError>& errors) {
  std::ifstream in(path);
  if (!in) {
    errors.push_back({path, "cannot be read"});
    return;
  }
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string source = path + ":" + std::to_string(number);
    const auto text = trim(line);
    if (text.empty() || text.front() == '#') continue;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
      errors.push_back({source, "is not of the form name = value"});
      continue;
    }
    const std::string name(trim(text.substr(0, equals)));
    if (const auto* setting = find(settings, name))
      apply(*setting, std::string(trim(text.substr(equals + 1))), source, errors);
    else if (std::find(shared_names.begin(), shared_names.end(), name) == shared_names.end())
      errors.push_back({source, "there is no setting " + name});
  }
  if (in.bad()) errors.push_back({path, "cannot be read"});  // a folder can be opened, too
}

template <typename Number>
bool parse_number(const std::string& text, Number& out) {
  if constexpr (std::is_integral_v<Number>) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
  } else {
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    return static_cast<bool>(in >> out) && in.peek() == std::istringstream::traits_type::eof();
  }
}

template <typename Number>
Setting number_setting(std::string name, Number& target, Number minimum, Number maximum,
                       std::string help, const std::string& kind) {
  std::ostringstream rule;
  rule << "must be " << kind << " from " << minimum << " to " << maximum;
  std::ostringstream shown;
  shown << target;
  return {std::move(name), shown.str(), std::move(help),
          [&target, minimum, maximum, rule = rule.str()](const std::string& text) -> std::string {
            Number number{};
            if (!parse_number(text, number) || number < minimum || number > maximum) return rule;
            target = number;
            return {};
          }};
}

}  // namespace

Setting text_setting(std::string name, std::string& target, std::string help) {
  return {std::move(name),
          target,
          std::move(help),
          [&target](const std::string& text) {
            target = text;
            return std::string();
          },
          {}};
}

Setting integer_setting(std::string name, int& target, int minimum, int maximum, std::string help) {
  return number_setting(std::move(name), target, minimum, maximum, std::move(help), "an integer");
}

Setting real_setting(std::string name, double& target, double minimum, double maximum,
                     std::string help) {
  return number_setting(std::move(name), target, minimum, maximum, std::move(help), "a number");
}

Setting boolean_setting(std::string name, bool& target, std::string help) {
  return {std::move(name), target ? "true" : "false", std::move(help),
          [&target](const std::string& text) -> std::string {
            if (text != "true" && text != "false") return "must be true or false";
            target = text == "true";
            return {};
          }};
}

Setting choice_setting(std::string name, std::string& target, std::vector<std::string> choices,
                       std::string help) {
  std::string rule = "must be one of";
  for (const auto& choice : choices) rule += " " + choice;
  return {std::move(name), target, std::move(help),
          [&target, choices = std::move(choices), rule](const std::string& text) -> std::string {
            if (std::find(choices.begin(), choices.end(), text) == choices.end()) return rule;
            target = text;
            return {};
          }};
}

Setting memory_setting(std::string name, std::int64_t& target_kb, std::int64_t minimum_kb,
                       std::int64_t maximum_kb, std::string help) {
  const auto shown = [](std::int64_t kb) {
    return kb % 1024 == 0 ? std::to_string(kb / 1024) + "M" : std::to_string(kb) + "K";
  };
  const std::string rule = "must be a size from " + shown(minimum_kb) + " to " + shown(maximum_kb) +
                           ": a number of bytes, or one with K, M or G behind it";
  return {std::move(name),
          shown(target_kb),
          std::move(help),
          [&target_kb, minimum_kb, maximum_kb, rule](const std::string& text) -> std::string {
            constexpr std::string_view kUnits = "bkmg";
            if (text.empty()) return rule;
            auto number = text;
            const auto unit = kUnits.find(
                static_cast<char>(std::tolower(static_cast<unsigned char>(text.back()))));
            if (unit != std::string_view::npos) number.pop_back();
            std::int64_t size = 0;
            // The bound keeps the shift from overflowing.
            if (!parse_number(number, size) || size < 0 || size >= (std::int64_t{1} << 33))
              return rule;
            if (unit != std::string_view::npos) size <<= 10 * unit;
            if (size / 1024 < minimum_kb || size / 1024 > maximum_kb) return rule;
            target_kb = size / 1024;
            return {};
          },
          {}};
}

Setting with_alias(Setting setting, std::string variable) {
  setting.aliases.push_back(std::move(variable));
  return setting;
}

ConfigSources process_sources(int argc, char** argv) {
  ConfigSources sources;
  sources.arguments.assign(argv + 1, argv + argc);
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos)
      sources.environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return sources;
}

std::string config_file(const ConfigSources& sources) {
  constexpr std::string_view kFlag = "--config=";
  std::string file;
  if (const auto found = sources.environment.find("RUNYARD_CONFIG");
      found != sources.environment.end())
    file = found->second;
  for (const auto& argument : sources.arguments)
    if (argument.rfind(kFlag, 0) == 0) file = argument.substr(kFlag.size());
  return file;
}

std::vector<FieldError> load_config(const std::vector<Setting>& settings,
                                    const ConfigSources& sources,
                                    const std::vector<std::string>& shared_names) {
  std::vector<FieldError> errors;
  std::vector<std::pair<std::string, std::string>> flags;
  const auto file = config_file(sources);
  for (const auto& argument : sources.arguments) {
    const auto equals = argument.find('=');
    if (argument.rfind("--", 0) != 0 || equals == std::string::npos) {
      errors.push_back({argument, "is not of the form --name=value"});
      continue;
    }
    const auto name = argument.substr(2, equals - 2);
    if (name != "config") flags.emplace_back(name, argument.substr(equals + 1));
  }
  if (!file.empty()) read_file(file, settings, shared_names, errors);
  for (const auto& setting : settings) read_variables(setting, sources.environment, errors);
  for (const auto& [name, value] : flags) {
    if (const auto* setting = find(settings, name))
      apply(*setting, value, "--" + name, errors);
    else
      errors.push_back({"--" + name, "there is no such setting"});
  }
  return errors;
}

std::vector<std::string> unknown_older_variables(const ConfigSources& sources) {
  // Of all programs together, since they share one environment. RUNNER_API_BINDADDRESS is read by
  // ./runyard, which configures Nginx.
  constexpr std::string_view kPrefix = "RUNNER_";
  const std::vector<std::string> known = {"RUNNER_API_BINDADDRESS", "RUNNER_SANDBOX_TIMEOUTSECONDS",
                                          "RUNNER_SANDBOX_MEMORY", "RUNNER_DB_DSN",
                                          "RUNNER_WORKER_COUNT"};
  std::vector<std::string> unknown;
  for (const auto& [name, value] : sources.environment)
    if (name.compare(0, kPrefix.size(), kPrefix) == 0 &&
        std::find(known.begin(), known.end(), name) == known.end())
      unknown.push_back(name);
  return unknown;
}

std::string config_help(const std::string& program, const std::string& purpose,
                        const std::vector<Setting>& settings) {
  std::ostringstream out;
  out << program << ": " << purpose << "\n\n"
      << "Settings: `name = value` lines of the file that --config=FILE names, RUNYARD_NAME in "
         "the\n"
         "environment, --name=value; the later ones win.\n\n";
  for (const auto& setting : settings) {
    out << "  " << setting.name;
    if (!setting.shown_default.empty()) out << " (" << setting.shown_default << ")";
    out << "\n      " << setting.help << "\n";
    for (const auto& alias : setting.aliases) out << "      The same: " << alias << "\n";
  }
  return out.str();
}

bool read_config(const std::string& program, const std::string& purpose,
                 const std::vector<Setting>& settings, const ConfigSources& sources,
                 const std::vector<std::string>& shared_names) {
  for (const auto& argument : sources.arguments) {
    if (argument == "--help" || argument == "-h") {
      std::cout << config_help(program, purpose, settings);
      return false;
    }
    if (argument == "--version") {
      std::cout << program << " " << RUNYARD_VERSION << "\n";
      return false;
    }
  }
  for (const auto& name : unknown_older_variables(sources))
    std::cerr << program << ": warning: there is no setting " << name << '\n';
  const auto errors = load_config(settings, sources, shared_names);
  if (errors.empty()) return true;
  std::string text;
  for (const auto& error : errors)
    text += (text.empty() ? "" : "\n") + program + ": " + error.field + ": " + error.message;
  throw ConfigError(text);
}

}  // namespace runyard
