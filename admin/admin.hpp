#pragma once
// runyard-admin as a function.
#include "admin/console.hpp"
#include "core/config.hpp"

namespace runyard::admin {

/// Does what the arguments say, settings first, then the command. Returns the exit code (see
/// ExitCode); what goes wrong is one line on console.err.
int run(const ConfigSources& sources, Console& console);

}  // namespace runyard::admin
