#pragma once
// An operator's own languages: a YAML file that names an image and a command for each.
//   python3: {image: "python:alpine", cmd: '/bin/sh -c "sleep 0.05; python3 main.py"',
//             filename: "main.py", language: "python", entrypoint: "", use: ""}
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/errors.hpp"
#include "core/language.hpp"

namespace runyard {

/// Reads `path`; each key is a language's id. A broken entry is left out and reported in `errors`
/// (field = path and line). The images must not be trusted more than what is run in them, and must
/// be on the worker's host: nobody pulls them.
std::vector<Language> load_spec(const std::filesystem::path& path, std::vector<FieldError>& errors);

/// The languages of a folder and, unless its name is empty, of a spec file; see
/// LanguageCatalog::load.
LanguageCatalog load_languages(const std::filesystem::path& folder, const std::string& spec_file,
                               std::vector<FieldError>& errors);

/// The words of a command line: white space separates; '..', ".." and \ quote as in a shell, and
/// nothing else means anything. Throws std::invalid_argument for a quote that does not end.
std::vector<std::string> split_command(std::string_view line);

/// Whether this can be handed to docker as the name of an image: never an option, a path or an URL.
bool is_image_reference(std::string_view text);

}  // namespace runyard
