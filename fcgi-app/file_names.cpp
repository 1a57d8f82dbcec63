#include "fcgi-app/file_names.hpp"

#include <algorithm>
#include <set>

namespace runyard {

std::string file_name_rule(std::string_view name) {
  constexpr std::size_t kMaxBytes = 1024;
  constexpr std::size_t kMaxComponents = 16;
  constexpr std::size_t kMaxComponentBytes = 255;  // of Linux
  if (name.empty()) return "must not be empty";
  if (name.size() > kMaxBytes) return "must be at most 1024 bytes long";
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return "must not hold control characters";
  if (name.front() == '/') return "must be a relative path, so not begin with \"/\"";
  if (name.front() == '-' || name.front() == '@') return "must not begin with \"-\" or \"@\"";
  std::size_t components = 0;
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto end = std::min(name.find('/', begin), name.size());
    const auto component = name.substr(begin, end - begin);
    if (component.empty()) return "must not hold an empty component (\"//\", or \"/\" at the end)";
    if (component == "." || component == "..")
      return "must not hold \".\" or \"..\" as a component";
    if (component.size() > kMaxComponentBytes)
      return "each component must be at most 255 bytes long";
    if (++components > kMaxComponents) return "must have at most 16 components";
    begin = end + 1;
  }
  return {};
}

void check_collisions(const std::vector<std::string>& names, const std::vector<std::string>& fields,
                      std::vector<ProblemField>& errors) {
  std::set<std::string_view> folders;
  for (const std::string_view name : names)
    for (auto slash = name.find('/'); slash != std::string_view::npos;
         slash = name.find('/', slash + 1))
      folders.insert(name.substr(0, slash));
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!seen.insert(names[i]).second)
      errors.push_back({fields[i], "another file is named " + in_quotes(names[i]) + " too"});
    else if (folders.count(names[i]) != 0)
      errors.push_back({fields[i], in_quotes(names[i]) + " is also the folder of another file"});
  }
}

}  // namespace runyard
