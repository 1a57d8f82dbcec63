#include "core/language.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "core/json.hpp"

namespace runyard {
namespace {

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '-' || c == '_';
  });
}

/// Also the name of a docker image, so letters must be small; "python-3.11" is one.
bool is_folder(std::string_view text) {
  std::string without_dots(text);
  std::replace(without_dots.begin(), without_dots.end(), '.', '-');
  return is_id(without_dots) && text.front() != '.' && text.back() != '.';
}

/// One `*` at most, in the last component; `**/` may stand in front.
bool is_output(std::string_view pattern) {
  if (pattern.substr(0, 3) == "**/") pattern.remove_prefix(3);
  const auto star = pattern.find('*');
  return !pattern.empty() && pattern.front() != '/' && star == pattern.rfind('*') &&
         (star == std::string_view::npos || pattern.find('/', star) == std::string_view::npos);
}

/// Reads the members of one object and reports what is wrong with a path in front.
class Reader final {
 public:
  Reader(const json::Value& object, std::string path, std::vector<FieldError>& errors)
      : object_(object), path_(std::move(path)), errors_(errors) {
    if (!object_.object()) error("", "must be an object");
  }

  void allow_only(std::initializer_list<std::string_view> names) {
    if (!object_.object()) return;
    for (const auto& member : *object_.object())
      if (std::find(names.begin(), names.end(), member.first) == names.end())
        error(member.first, "is not a field of a language.json");
  }

  void error(std::string_view field, std::string message) {
    const std::string dot = path_.empty() || field.empty() ? "" : ".";
    errors_.push_back({path_ + dot + std::string(field), std::move(message)});
  }

  const json::Value* find(std::string_view name) const { return object_.find(name); }

  std::string text(std::string_view name, bool required) {
    const auto* value = find(name);
    if (!value) {
      if (required) error(name, "is missing");
      return {};
    }
    if (!value->string() || value->string()->empty()) {
      error(name, "must be a text that is not empty");
      return {};
    }
    return *value->string();
  }

  std::vector<std::string> texts(std::string_view name, bool required) {
    std::vector<std::string> out;
    const auto* value = find(name);
    if (!value) {
      if (required) error(name, "is missing");
      return out;
    }
    if (!value->array() || (required && value->array()->empty())) {
      error(name, "must be an array of texts");
      return out;
    }
    for (const auto& item : *value->array()) {
      if (!item.string()) {
        error(name, "must be an array of texts");
        return out;
      }
      out.push_back(*item.string());
    }
    return out;
  }

  std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t minimum,
                       std::int64_t maximum) {
    const auto* value = find(name);
    if (!value) return fallback;
    const auto* number = value->integer();
    if (!number || *number < minimum || *number > maximum) {
      error(name, "must be an integer from " + std::to_string(minimum) + " to " +
                      std::to_string(maximum));
      return fallback;
    }
    return *number;
  }

 private:
  const json::Value& object_;
  std::string path_;
  std::vector<FieldError>& errors_;
};

void read_limits(const json::Value& limits, Language& language, std::vector<FieldError>& errors) {
  Reader reader(limits, "limits", errors);
  reader.allow_only({"default", "maximum"});
  // Maxima first: a default may use what its own manifest allows. No manifest goes beyond 4 GiB and
  // 1024 processes, since a typing error there would take the host down.
  for (const char* which : {"maximum", "default"}) {
    const auto* object = reader.find(which);
    if (!object) continue;
    Reader values(*object, std::string("limits.") + which, errors);
    values.allow_only({"wall_ms", "cpu_ms", "memory_kb", "processes", "output_bytes", "file_bytes",
                       "compile_wall_ms"});
    const bool maximum = std::string_view(which) == "maximum";
    for (const auto& field : kLimitFields) {
      const auto top = maximum ? 4 * field.server_maximum : language.maximum_limits.*field.member;
      auto& target = maximum ? language.maximum_limits : language.default_limits;
      target.*field.member = values.integer(field.name, target.*field.member, field.minimum, top);
    }
  }
}

void read_compile(const json::Value& value, Language& language, std::vector<FieldError>& errors) {
  Reader reader(value, "compile", errors);
  reader.allow_only({"argv", "outputs", "allowed_args", "memory_kb", "wall_ms"});
  CompileStep step;
  step.argv = reader.texts("argv", true);
  step.outputs = reader.texts("outputs", true);
  if (!std::all_of(step.outputs.begin(), step.outputs.end(), is_output))
    reader.error("outputs", "may hold one * in the last component, and **/ in front");
  step.allowed_args = reader.texts("allowed_args", false);
  step.memory_kb = reader.integer("memory_kb", step.memory_kb, 8 * kKib, 4 * kMib);
  step.wall_ms = reader.integer("wall_ms", step.wall_ms, 1, 240'000);
  language.default_limits.compile_wall_ms = step.wall_ms;
  language.compile = std::move(step);
}

void read_out_of_memory(const json::Value& value, Language& language,
                        std::vector<FieldError>& errors) {
  Reader reader(value, "out_of_memory", errors);
  reader.allow_only({"exit_codes", "signals", "stderr"});
  OutOfMemorySign sign;
  const auto integers = [&](const char* name, std::vector<int>& out) {
    const auto* list = reader.find(name);
    if (!list) return;
    if (!list->array()) return reader.error(name, "must be an array of integers");
    for (const auto& item : *list->array()) {
      if (!item.integer()) return reader.error(name, "must be an array of integers");
      out.push_back(static_cast<int>(*item.integer()));
    }
  };
  integers("exit_codes", sign.exit_codes);
  integers("signals", sign.signals);
  sign.stderr_text = reader.text("stderr", true);
  language.out_of_memory = std::move(sign);
}

}  // namespace

Language parse_language(std::string_view text, std::vector<FieldError>& errors,
                        const std::string& folder) {
  Language language;
  json::Value value;
  try {
    value = json::parse(text);
  } catch (const json::ParseError& e) {
    errors.push_back({"", std::string("is not JSON: ") + e.what()});
    return language;
  }
  Reader reader(value, "", errors);
  reader.allow_only({"id", "name", "aliases", "version", "image", "source", "compile", "run",
                     "environment", "limits", "cpus", "warm", "out_of_memory", "bare", "default"});
  language.id = reader.text("id", true);
  if (!language.id.empty() && !is_id(language.id))
    reader.error("id", "may hold lower-case letters, digits, - and _ only");
  language.name = reader.text("name", true);
  language.aliases = reader.texts("aliases", false);
  language.version = reader.text("version", true);
  if (const auto* is_default = reader.find("default")) {
    if (is_default->boolean())
      language.is_default = *is_default->boolean();
    else
      reader.error("default", "must be true or false");
  }
  language.image = reader.text("image", false);
  if (language.image.empty())
    language.image = folder.empty() ? language.id : folder;
  else if (!is_folder(language.image))
    reader.error("image", "must be the name of a language's folder");
  language.source = reader.text("source", true);
  for (const auto& field : kLimitFields)
    language.maximum_limits.*field.member = field.server_maximum;
  if (const auto* compile = reader.find("compile")) read_compile(*compile, language, errors);
  if (const auto* run = reader.find("run")) {
    Reader run_reader(*run, "run", errors);
    run_reader.allow_only({"argv"});
    language.run_argv = run_reader.texts("argv", true);
  } else {
    reader.error("run", "is missing");
  }
  if (const auto* bare = reader.find("bare")) {
    Reader bare_reader(*bare, "bare", errors);
    language.bare_compile = bare_reader.texts("compile", false);
    language.bare_run = bare_reader.texts("run", false);
  }
  if (const auto* environment = reader.find("environment")) {
    if (!environment->object()) reader.error("environment", "must be an object");
    if (environment->object())
      for (const auto& [name, entry] : *environment->object()) {
        if (entry.string())
          language.environment.emplace_back(name, *entry.string());
        else
          reader.error("environment." + name, "must be a text");
      }
  }
  if (const auto* limits = reader.find("limits")) read_limits(*limits, language, errors);
  // The server's defaults give way to a manifest's lower maximum; what the manifest says itself
  // must fit.
  const auto compile_maximum = language.maximum_limits.compile_wall_ms;
  if (language.compile && language.compile->wall_ms > compile_maximum)
    reader.error("compile.wall_ms", "must be at most " + std::to_string(compile_maximum) +
                                        ", or limits.maximum.compile_wall_ms be higher");
  for (const auto& field : kLimitFields)
    language.default_limits.*field.member =
        std::min(language.default_limits.*field.member, language.maximum_limits.*field.member);
  if (const auto* cpus = reader.find("cpus")) {
    language.cpus = cpus->number_or(0);
    if (!(language.cpus >= 0.1 && language.cpus <= 16))
      reader.error("cpus", "must be a number from 0.1 to 16");
  }
  language.warm = static_cast<int>(reader.integer("warm", 1, 0, 256));
  if (const auto* sign = reader.find("out_of_memory")) read_out_of_memory(*sign, language, errors);
  return language;
}

std::vector<std::string> expand_argv(const std::vector<std::string>& argv,
                                     const ArgvContext& context) {
  const std::int64_t memory_mb = context.memory_kb / 1024;
  const std::pair<std::string_view, std::string> texts[] = {
      {"{source}", context.source},
      {"{stem}", std::filesystem::path(context.source).replace_extension().string()},
      {"{memory_mb}", std::to_string(memory_mb)},
      {"{heap_mb}", std::to_string(std::max(memory_mb / 2, memory_mb - 64))},
  };
  std::vector<std::string> out;
  for (const auto& argument : argv) {
    if (argument == "{sources}") {
      out.insert(out.end(), context.sources.begin(), context.sources.end());
      continue;
    }
    if (argument == "{compile_args}") {
      out.insert(out.end(), context.compile_args.begin(), context.compile_args.end());
      continue;
    }
    // One pass: what a placeholder stands for may look like another one, since people name their
    // files.
    std::string filled;
    for (std::string_view rest = argument; !rest.empty();) {
      const auto* found = std::find_if(std::begin(texts), std::end(texts), [&](const auto& entry) {
        return rest.substr(0, entry.first.size()) == entry.first;
      });
      filled += found == std::end(texts) ? std::string(1, rest.front()) : found->second;
      rest.remove_prefix(found == std::end(texts) ? 1 : found->first.size());
    }
    out.push_back(std::move(filled));
  }
  return out;
}

}  // namespace runyard
