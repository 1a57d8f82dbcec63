#pragma once
// One function a command. Each gives the exit code, and throws Failure, PipeClosed (files.hpp) or
// Interrupted (http_client.hpp) when it cannot go on.
#include <string>

#include "cli/arguments.hpp"
#include "cli/http_client.hpp"
#include "cli/settings.hpp"

namespace runyard::cli {

int run_program(const Server& server, const RunOptions& options);

int show_languages(const Server& server, const LanguagesOptions& options);

int show_history(const Server& server, const HistoryOptions& options);

/// `stored` is what `path` holds until now.
int log_in(const Server& server, const LoginOptions& options, const StoredSettings& stored,
           const std::string& path);

int log_out(const StoredSettings& stored, const std::string& path);

}  // namespace runyard::cli
