#include "core/language.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <numeric>

#include "core/json.hpp"

namespace runyard {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '-' || c == '_';
  });
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
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

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

Language parse_language(std::string_view text, std::vector<FieldError>& errors) {
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
                     "environment", "limits", "cpus", "warm", "out_of_memory", "bare"});
  language.id = reader.text("id", true);
  if (!language.id.empty() && !is_id(language.id))
    reader.error("id", "may hold lower-case letters, digits, - and _ only");
  language.name = reader.text("name", true);
  language.aliases = reader.texts("aliases", false);
  language.version = reader.text("version", true);
  language.image = reader.text("image", false);
  if (language.image.empty())
    language.image = language.id;
  else if (!is_id(language.image))
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

LanguageCatalog::LanguageCatalog(std::vector<Language> languages)
    : languages_(std::move(languages)) {
  std::sort(languages_.begin(), languages_.end(),
            [](const Language& a, const Language& b) { return a.id < b.id; });
  for (std::size_t i = 0; i < languages_.size(); ++i) {
    by_name_[lower(languages_[i].id)] = i;
    for (const auto& alias : languages_[i].aliases) by_name_.emplace(lower(alias), i);
  }
}

LanguageCatalog LanguageCatalog::load(const std::filesystem::path& folder,
                                      std::vector<FieldError>& errors) {
  std::vector<Language> languages;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const auto manifest = entry.path() / "language.json";
    if (!std::filesystem::exists(manifest)) continue;
    std::vector<FieldError> mistakes;
    auto language = parse_language(read_file(manifest), mistakes);
    if (mistakes.empty() && language.id != entry.path().filename())
      mistakes.push_back({"id", "must be the folder's name"});
    for (auto& mistake : mistakes)
      errors.push_back({manifest.string(), mistake.field + " " + mistake.message});
    if (!mistakes.empty()) continue;
    const auto suffix = std::filesystem::path(language.source).extension();
    language.sample = read_file(entry.path() / ("hello" + suffix.string()));
    languages.push_back(std::move(language));
  }
  if (failed) errors.push_back({folder.string(), "cannot be read: " + failed.message()});
  return LanguageCatalog(std::move(languages));
}

const Language* LanguageCatalog::find(std::string_view name) const {
  const auto found = by_name_.find(lower(name));
  return found == by_name_.end() ? nullptr : &languages_[found->second];
}

std::vector<std::string> LanguageCatalog::nearest(std::string_view name) const {
  const std::string wanted = lower(name.substr(0, 64));
  std::map<std::string, std::size_t> distances;  // id -> that of its nearest name
  for (const auto& [written, index] : by_name_) {
    const auto distance = edit_distance(wanted, written);
    auto [slot, added] = distances.emplace(languages_[index].id, distance);
    if (!added) slot->second = std::min(slot->second, distance);
  }
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [id, distance] : distances) order.emplace_back(distance, id);
  std::sort(order.begin(), order.end());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < order.size() && i < 3; ++i) ids.push_back(order[i].second);
  return ids;
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
