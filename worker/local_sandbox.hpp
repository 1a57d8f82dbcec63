#pragma once
// `sandbox = local`: sandboxes by bubblewrap instead of containers, for a developer's machine
// without docker and for code that is trusted. The programs are the host's own.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/language.hpp"
#include "worker/docker_command.hpp"

namespace runyard {

struct LocalSettings {
  std::string bwrap = "/usr/bin/bwrap";  ///< absolute path
  std::string agent;                     ///< runyard-agent-local, absolute path
  bool as_root = false;  ///< this process is root: sandboxes are then started as user nobody
  /// What is not shown although it lies in a folder that a sandbox sees: hide_secrets().
  std::vector<std::string> hidden_folders;
  std::vector<std::string> hidden_files;
};

/// What stands for the id of every image.
constexpr char kLocalImage[] = "local";

/// Said at the start, and in /ready.
constexpr char kLocalWarning[] =
    "sandbox = local: programs run on the worker's own machine, with limits that are only watched; "
    "this is for development, with code that is trusted";

/// Programs run as the worker's own user, and would read what is meant for it. Where one of these
/// lies in a folder that a sandbox sees, it is added to what `settings` hide: `config_file` with
/// its folder, the files and socket folder that `db` (libpq's connection string) names, and
/// `folders` (state, home). What does not exist is left out; nothing that lies inside another.
void hide_secrets(LocalSettings& settings, const std::string& config_file, const std::string& db,
                  const std::vector<std::string>& folders);

/// The command that takes the place of `docker run`: its stdin and stdout carry the same frames.
/// Pure.
Command run_local_sandbox(const LocalSettings& settings, const SandboxClass& sandbox);

/// A language as the host runs it: the commands that anybody would type where the manifest has
/// them, since the others may name what is only in the image. Pure.
Language as_on_host(const Language& language);

/// The languages whose programs `is_program` knows, as_on_host(). An operator's own image is none
/// of them.
LanguageCatalog languages_on_host(const LanguageCatalog& languages,
                                  const std::function<bool(const std::string&)>& is_program);

/// For Images: every image that these languages would need.
std::map<std::string, std::string> local_images(const LanguageCatalog& languages);

/// Whether the host has this program in one of the folders that a sandbox sees.
bool is_program_on_host(const std::string& name);

}  // namespace runyard
