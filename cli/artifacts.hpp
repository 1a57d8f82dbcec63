#pragma once
// Files that a program made, into a folder of the user's.
#include <functional>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace runyard::cli {

/// Writes the execution's artifacts below `folder`, which is made when it is missing. Only names
/// that were `asked` for are written, and none that leads out of the folder: no absolute one, no
/// "..", no way through a symbolic link. Gives a line for each that did not come or is not written.
/// Throws Failure when the folder cannot be used.
///
/// `fetch` gives the bytes of a file that was too large to stand in the execution, by its name; it
/// may throw Failure, which is told as that file's trouble.
using FetchArtifact = std::function<std::string(const std::string& name)>;
std::vector<std::string> save_artifacts(const json::Value& execution,
                                        const std::vector<std::string>& asked,
                                        const std::string& folder, const FetchArtifact& fetch = {});

}  // namespace runyard::cli
