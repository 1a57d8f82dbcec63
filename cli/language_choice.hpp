#pragma once
// Which language a file is in, by the suffix of its name.
#include <string>
#include <string_view>

#include "core/json.hpp"

namespace runyard::cli {

/// `languages` is what GET /api/v1/languages answers. A language whose id or alias the suffix is
/// ("py", "c++", in any case) counts first, since its operator wrote that name down; then those
/// whose programs have a file with that suffix ("main.pl"). Gives the language's id. Throws Failure
/// that names --language when none or several are left.
std::string choose_language(const json::Value& languages, std::string_view file);

/// The suffix of a path's last component in lower case without its dot: "py"; "" for none.
std::string suffix_of(std::string_view file);

}  // namespace runyard::cli
