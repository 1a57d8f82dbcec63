#include "cli/language_choice.hpp"

#include <algorithm>
#include <vector>

#include "cli/failure.hpp"
#include "cli/members.hpp"

namespace runyard::cli {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_named(const json::Value& language, const std::string& name) {
  if (lower(text_at(language, "id")) == name) return true;
  const auto aliases = texts_at(language, "aliases");
  return std::any_of(aliases.begin(), aliases.end(),
                     [&](const auto& alias) { return lower(alias) == name; });
}

std::vector<std::string> ids_of(const json::Value& languages,
                                bool (*fits)(const json::Value&, const std::string&),
                                const std::string& suffix) {
  std::vector<std::string> ids;
  for (const auto& language : array_at(languages, "languages"))
    if (fits(language, suffix)) ids.push_back(text_at(language, "id"));
  return ids;
}

}  // namespace

std::string suffix_of(std::string_view file) {
  const auto name = file.substr(file.rfind('/') + 1);
  const auto dot = name.rfind('.');
  // ".profile" is a name, not a suffix.
  return dot == std::string_view::npos || dot == 0 ? "" : lower(std::string(name.substr(dot + 1)));
}

std::string choose_language(const json::Value& languages, std::string_view file) {
  const std::string name(file);
  const auto suffix = suffix_of(file);
  if (suffix.empty())
    throw Failure(name + ": has no suffix to know its language by: use --language");
  auto ids = ids_of(languages, is_named, suffix);
  if (ids.empty())
    ids = ids_of(
        languages,
        [](const json::Value& language, const std::string& wanted) {
          return suffix_of(text_at(language, "file_name")) == wanted;
        },
        suffix);
  if (ids.empty())
    throw Failure(name + ": no language is known by the suffix ." + suffix +
                  ": use --language (`runyard-cli languages` lists them)");
  if (ids.size() == 1) return ids.front();
  std::string choices;
  for (const auto& id : ids) choices += (choices.empty() ? "--language " : " or ") + id;
  throw Failure(name + ": the suffix ." + suffix + " is that of several languages: use " + choices);
}

}  // namespace runyard::cli
