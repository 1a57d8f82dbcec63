#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <tuple>

#include "core/language.hpp"

namespace runyard {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
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

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// 3.9 is before 3.13: numbers count as numbers.
bool version_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto part_a = a.substr(0, a.find('.'));
    const auto part_b = b.substr(0, b.find('.'));
    a.remove_prefix(std::min(a.size(), part_a.size() + 1));
    b.remove_prefix(std::min(b.size(), part_b.size() + 1));
    if (part_a == part_b) continue;
    std::uint32_t number_a = 0;
    std::uint32_t number_b = 0;
    std::from_chars(part_a.data(), part_a.data() + part_a.size(), number_a);
    std::from_chars(part_b.data(), part_b.data() + part_b.size(), number_b);
    return number_a != number_b ? number_a < number_b : part_a < part_b;
  }
  return a.size() < b.size();
}

/// The order in which languages get their names: our own before an operator's, defaults before
/// other versions.
bool goes_first(const Language& a, const Language& b) {
  const bool foreign_a = !a.image_reference.empty();
  const bool foreign_b = !b.image_reference.empty();
  if (std::tie(foreign_a, b.is_default, a.id) != std::tie(foreign_b, a.is_default, b.id))
    return std::tie(foreign_a, b.is_default, a.id) < std::tie(foreign_b, a.is_default, b.id);
  if (a.version != b.version) return version_before(b.version, a.version);
  return a.described_in < b.described_in;
}

/// Takes languages in, one after the other, and says what is wrong with one beside those before it.
class Acceptance final {
 public:
  explicit Acceptance(const std::vector<Language>& all) {
    // An id of ours is never another one's alias, whichever comes first.
    for (const auto& language : all)
      if (language.is_default && language.image_reference.empty())
        owners_.emplace(lower(language.id), language.id);
  }

  /// Empty when it was taken in.
  std::string take(const Language& language) {
    auto wrong = check(language);
    if (!wrong.empty()) return wrong;
    if (language.is_default) defaults_.insert(language.id);
    versions_.emplace(language.id, language.version);
    owners_.emplace(lower(language.id), language.id);
    for (const auto& alias : language.aliases) owners_.emplace(lower(alias), language.id);
    return {};
  }

 private:
  std::string check(const Language& language) const {
    const auto versions = versions_.count({language.id, language.version});
    if (versions != 0)
      return "version " + language.version + " of \"" + language.id + "\" stands twice";
    if (language.is_default && defaults_.count(language.id) != 0)
      return "\"" + language.id +
             "\" has a default version already; this one needs \"default\": false";
    if (!language.is_default && defaults_.count(language.id) == 0)
      return "version " + language.version + " of \"" + language.id +
             "\" has no default version beside it";
    for (const auto& name : names(language)) {
      const auto owner = owners_.find(lower(name));
      if (owner != owners_.end() && owner->second != language.id)
        return "the name \"" + name + "\" belongs to \"" + owner->second + "\"";
    }
    return {};
  }

  static std::vector<std::string> names(const Language& language) {
    auto names = language.aliases;
    names.push_back(language.id);
    return names;
  }

  std::map<std::string, std::string> owners_;  // name -> id
  std::set<std::string> defaults_;
  std::set<std::pair<std::string, std::string>> versions_;
};

}  // namespace

bool version_fits(std::string_view asked, std::string_view version) {
  if (asked.empty()) return true;
  return version.substr(0, asked.size()) == asked &&
         (version.size() == asked.size() || version[asked.size()] == '.');
}

LanguageCatalog::LanguageCatalog(std::vector<Language> languages, std::vector<FieldError>* errors) {
  std::sort(languages.begin(), languages.end(), goes_first);
  Acceptance acceptance(languages);
  for (auto& language : languages) {
    auto wrong = acceptance.take(language);
    if (wrong.empty())
      (language.is_default ? defaults_ : others_).push_back(std::move(language));
    else if (errors)
      errors->push_back(
          {language.described_in.empty() ? language.id : language.described_in, std::move(wrong)});
  }
  // What an operator brought came last.
  std::sort(defaults_.begin(), defaults_.end(),
            [](const Language& a, const Language& b) { return a.id < b.id; });
  for (const bool is_default : {true, false}) {
    const auto& part = is_default ? defaults_ : others_;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const Place place{is_default, i};
      if (is_default) by_name_.emplace(lower(part[i].id), place);
      for (const auto& alias : part[i].aliases) by_name_.emplace(lower(alias), place);
    }
  }
}

LanguageCatalog LanguageCatalog::load(const std::filesystem::path& folder,
                                      std::vector<FieldError>& errors, std::vector<Language> more) {
  std::vector<Language> languages = std::move(more);
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const auto manifest = entry.path() / "language.json";
    if (!std::filesystem::exists(manifest)) continue;
    const auto name = entry.path().filename().string();
    std::vector<FieldError> mistakes;
    auto language = parse_language(read_file(manifest), mistakes, name);
    if (mistakes.empty() && language.is_default && language.id != name)
      mistakes.push_back({"id", "must be the folder's name, unless \"default\" is false"});
    for (auto& mistake : mistakes)
      errors.push_back({manifest.string(), mistake.field + " " + mistake.message});
    if (!mistakes.empty()) continue;
    const auto suffix = std::filesystem::path(language.source).extension();
    language.sample = read_file(entry.path() / ("hello" + suffix.string()));
    language.described_in = manifest.string();
    languages.push_back(std::move(language));
  }
  if (failed) errors.push_back({folder.string(), "cannot be read: " + failed.message()});
  return LanguageCatalog(std::move(languages), &errors);
}

const Language* LanguageCatalog::find(std::string_view name) const {
  const auto found = by_name_.find(lower(name));
  return found == by_name_.end() ? nullptr : &at(found->second);
}

const Language* LanguageCatalog::find(std::string_view name, std::string_view version) const {
  const auto* named = find(name);
  if (!named) return nullptr;
  const auto all = versions(named->id);
  for (const auto* language : all)
    if (language->version == version) return language;
  if (version_fits(version, named->version)) return named;
  for (const auto* language : all)
    if (version_fits(version, language->version)) return language;
  return nullptr;
}

std::vector<const Language*> LanguageCatalog::versions(std::string_view id) const {
  std::vector<const Language*> found;
  for (const auto& language : defaults_)
    if (language.id == id) found.push_back(&language);
  for (const auto& language : others_)
    if (language.id == id) found.push_back(&language);
  return found;
}

std::vector<const Language*> LanguageCatalog::every_version() const {
  std::vector<const Language*> all;
  for (const auto& language : defaults_)
    for (const auto* version : versions(language.id)) all.push_back(version);
  return all;
}

std::vector<std::string> LanguageCatalog::nearest(std::string_view name) const {
  const std::string wanted = lower(name.substr(0, 64));
  std::map<std::string, std::size_t> distances;  // id -> that of its nearest name
  for (const auto& [written, place] : by_name_) {
    const auto distance = edit_distance(wanted, written);
    auto [slot, added] = distances.emplace(at(place).id, distance);
    if (!added) slot->second = std::min(slot->second, distance);
  }
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [id, distance] : distances) order.emplace_back(distance, id);
  std::sort(order.begin(), order.end());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < order.size() && i < 3; ++i) ids.push_back(order[i].second);
  return ids;
}

}  // namespace runyard
