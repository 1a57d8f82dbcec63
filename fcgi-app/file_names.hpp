#pragma once
// Rules for the names of files that a client sends or asks for.
#include <string>
#include <string_view>
#include <vector>

#include "fcgi-app/problem.hpp"

namespace runyard {

/// "" when `name` may stand for a file below the program's folder, else the rule that it breaks:
/// relative, at most 1024 bytes and 16 components; each component 1 to 255 bytes and neither `.`
/// nor `..`; no control characters; not starting with `-` or `@`, which compilers take for an
/// option or a response file.
std::string file_name_rule(std::string_view name);

/// Reports each name that stands twice and each that is also a folder of another one ("a" beside
/// "a/b"). `fields[i]` names the field that `names[i]` came from.
void check_collisions(const std::vector<std::string>& names, const std::vector<std::string>& fields,
                      std::vector<ProblemField>& errors);

}  // namespace runyard
