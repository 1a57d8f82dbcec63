#include "core/spec_file.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace runyard {
namespace {

constexpr std::array<std::string_view, 6> kFields = {"image", "entrypoint", "filename",
                                                     "cmd",   "language",   "use"};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// "python:alpine" -> "alpine"; a digest counts as a version too.
std::string version_of(const std::string& image) {
  const auto mark = image.find_last_of(":@");
  // A colon before a slash is a registry's port.
  if (mark == std::string::npos || image.find('/', mark) != std::string::npos) return "latest";
  return image.substr(mark + 1);
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::isalnum(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::islower(c) || std::isdigit(c) || c == '-' || c == '_' || c == '.';
         });
}

/// One entry of the file; its mistakes are those of `wrong`.
class Entry final {
 public:
  Entry(std::string key, const YAML::Node& node) : key_(std::move(key)), node_(node) {}

  Language read() {
    Language language;
    if (!is_key(key_))
      wrong(
          "the key must begin with a lower-case letter or a digit, and hold only these and - _ .");
    if (!node_.IsMap()) {
      wrong("must be a mapping");
      return language;
    }
    for (const auto& member : node_) {
      const auto name = member.first.as<std::string>("");
      if (std::find(kFields.begin(), kFields.end(), name) == kFields.end())
        wrong("\"" + name + "\" is not a field of an entry");
    }
    language.id = key_;
    language.name = key_;
    language.image_reference = text("image", true);
    if (!language.image_reference.empty() && !is_image_reference(language.image_reference))
      wrong("image is not the name of an image");
    language.image = "image:" + language.image_reference;
    language.version = version_of(language.image_reference);
    language.source = text("filename", true);
    if (!language.source.empty() && !is_file_name(language.source))
      wrong("filename must be a file name without folders");
    for (const char* part : {"entrypoint", "cmd"}) add_words(part, language.run_argv);
    if (language.run_argv.empty() && mistakes_.empty()) wrong("cmd is missing");
    text("language", false);
    text("use", false);
    for (const auto field : kFields) {
      const auto value = node_[std::string(field)];
      const bool is_text = value && value.IsScalar();
      language.spec_fields.emplace(field, is_text ? value.Scalar() : std::string());
    }
    for (const auto& field : kLimitFields)
      language.maximum_limits.*field.member = field.server_maximum;
    language.warm = 0;  // nobody asked for containers of these to be held ready
    return language;
  }

  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  void wrong(std::string what) { mistakes_.push_back(std::move(what)); }

  std::string text(const std::string& name, bool required) {
    const auto value = node_[name];
    if (!value || value.IsNull()) {
      if (required) wrong(name + " is missing");
      return {};
    }
    if (!value.IsScalar() || value.Scalar().find('\0') != std::string::npos) {
      wrong(name + " must be a text");
      return {};
    }
    if (required && value.Scalar().empty()) wrong(name + " is empty");
    return value.Scalar();
  }

  void add_words(const std::string& name, std::vector<std::string>& argv) {
    try {
      for (auto& word : split_command(text(name, false))) argv.push_back(std::move(word));
    } catch (const std::invalid_argument& e) {
      wrong(name + " " + e.what());
    }
  }

  const std::string key_;
  const YAML::Node node_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::vector<std::string> split_command(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == '\0' && is_blank(c)) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == '\\' && quote != '\'') {
      if (++i == line.size()) throw std::invalid_argument("ends with a backslash");
      // Between double quotes a backslash is one, unless it stands before these.
      if (quote == '"' && line[i] != '"' && line[i] != '\\') word += '\\';
      word += line[i];
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  if (quote != '\0') throw std::invalid_argument("holds a quote that does not end");
  if (in_word) words.push_back(std::move(word));
  return words;
}

bool is_image_reference(std::string_view text) {
  constexpr std::string_view kOthers = "._-/:@";
  return !text.empty() && text.size() <= 512 &&
         std::isalnum(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(), [&](unsigned char c) {
           return std::isalnum(c) || kOthers.find(static_cast<char>(c)) != std::string_view::npos;
         });
}

std::vector<Language> load_spec(const std::filesystem::path& path,
                                std::vector<FieldError>& errors) {
  std::vector<Language> languages;
  YAML::Node root;
  try {
    root = YAML::LoadFile(path.string());
  } catch (const YAML::ParserException& e) {
    errors.push_back({path.string() + ":" + std::to_string(e.mark.line + 1),
                      std::string("is not YAML: ") + e.msg});
    return languages;
  } catch (const YAML::Exception& e) {
    errors.push_back({path.string(), "cannot be read"});
    return languages;
  }
  if (root.IsNull()) return languages;
  if (!root.IsMap()) {
    errors.push_back({path.string(), "must be a mapping of languages"});
    return languages;
  }
  for (const auto& member : root) {
    const auto where = path.string() + ":" + std::to_string(member.first.Mark().line + 1);
    const auto key = member.first.as<std::string>("");
    Entry entry(key, member.second);
    auto language = entry.read();
    language.described_in = where;
    for (const auto& mistake : entry.mistakes())
      errors.push_back({where, "\"" + key + "\": " + mistake});
    if (entry.mistakes().empty()) languages.push_back(std::move(language));
  }
  return languages;
}

LanguageCatalog load_languages(const std::filesystem::path& folder, const std::string& spec_file,
                               std::vector<FieldError>& errors) {
  std::vector<Language> more;
  if (!spec_file.empty()) more = load_spec(spec_file, errors);
  return LanguageCatalog::load(folder, errors, std::move(more));
}

}  // namespace runyard
