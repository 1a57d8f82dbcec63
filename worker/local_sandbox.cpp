#include "worker/local_sandbox.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <regex>
#include <sstream>

namespace runyard {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFolders = {"/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc", "/opt"};
/// Too much would be missing without one of these as a whole.
constexpr std::array kNeverHidden = {"/usr/local", "/usr/local/etc", "/usr/bin",      "/usr/sbin",
                                     "/usr/lib",   "/usr/share",     "/usr/local/bin"};

constexpr char kPath[] = "/usr/local/bin:/usr/bin:/bin";

/// `argv` with what stands for the submission's files: "main.cpp" of it becomes {sources} or
/// {source}, "Main" of a run {stem}.
std::vector<std::string> with_placeholders(std::vector<std::string> argv, const std::string& source,
                                           bool compile) {
  const auto stem = fs::path(source).stem().string();
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == source)
      argv[i] = compile ? "{sources}" : "{source}";
    else if (argv[i] == stem && !compile)
      argv[i] = "{stem}";
  }
  if (compile) argv.insert(argv.begin() + 1, "{compile_args}");
  return argv;
}

bool is_inside(const fs::path& place, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), place.begin(), place.end()).first ==
         folder.end();
}

bool is_seen(const fs::path& place) {
  return std::any_of(kFolders.begin(), kFolders.end(), [&](const char* folder) {
    return place != folder && is_inside(place, folder);
  });
}

/// Where it really is; empty when it is nowhere, or where no sandbox sees it.
fs::path seen_place(const fs::path& place) {
  std::error_code error;
  const auto real = place.is_absolute() ? fs::canonical(place, error) : fs::path();
  return !error && is_seen(real) ? real : fs::path();
}

bool may_hide(const fs::path& folder) {
  return is_seen(folder) &&
         std::find(kNeverHidden.begin(), kNeverHidden.end(), folder) == kNeverHidden.end();
}

void hide_file(LocalSettings& settings, const fs::path& file) {
  if (const auto place = seen_place(file); !place.empty())
    settings.hidden_files.push_back(place.string());
}

void hide_folder(LocalSettings& settings, const fs::path& folder) {
  if (const auto place = seen_place(folder); may_hide(place) && fs::is_directory(place))
    settings.hidden_folders.push_back(place.string());
}

/// A folder that lies in another, or a file in one, is hidden with it.
void leave_out_nested(LocalSettings& settings) {
  const auto all = settings.hidden_folders;
  const auto is_nested = [&](const std::string& place) {
    return std::any_of(all.begin(), all.end(), [&](const std::string& folder) {
      return place != folder && is_inside(place, folder);
    });
  };
  for (auto* places : {&settings.hidden_folders, &settings.hidden_files}) {
    std::sort(places->begin(), places->end());
    places->erase(std::unique(places->begin(), places->end()), places->end());
    places->erase(std::remove_if(places->begin(), places->end(), is_nested), places->end());
  }
}

}  // namespace

void hide_secrets(LocalSettings& settings, const std::string& config_file, const std::string& db,
                  const std::vector<std::string>& folders) {
  std::error_code error;
  const auto file = config_file.empty() ? fs::path() : fs::absolute(config_file, error);
  // Beside it lie those of the other programs, and in a stack's var/ its token and its sockets.
  for (const auto& place : {file, fs::weakly_canonical(file, error)}) {
    hide_file(settings, place);
    const auto folder = place.parent_path();
    hide_folder(settings, folder);
    if (folder.filename() == "etc" && folder.parent_path().filename() == "var")
      hide_folder(settings, folder.parent_path());
  }
  static const std::regex kNamed("(?:^|\\s|[?&])(host|passfile|sslkey)\\s*=\\s*'?(/[^\\s'&]*)");
  for (std::sregex_iterator at(db.begin(), db.end(), kNamed), end; at != end; ++at) {
    if ((*at)[1] == "host")
      hide_folder(settings, (*at)[2].str());
    else
      hide_file(settings, (*at)[2].str());
  }
  hide_folder(settings, "/etc/runyard");
  for (const auto& folder : folders) hide_folder(settings, folder);
  leave_out_nested(settings);
}

Command run_local_sandbox(const LocalSettings& settings, const SandboxClass& sandbox) {
  Command command;
  command.environment = {std::string("PATH=") + kPath};
  // Root would stay root to the host's files.
  if (settings.as_root)
    command.argv = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"};
  const auto box = box_bytes(sandbox.memory_kb);
  const auto tmpfs = [](const std::string& place, std::int64_t bytes) {
    return std::vector<std::string>{"--size", std::to_string(bytes), "--perms", "1777", "--tmpfs",
                                    place};
  };
  const auto add = [&command](const std::vector<std::string>& words) {
    command.argv.insert(command.argv.end(), words.begin(), words.end());
  };
  // In a user namespace of its own a program would be root to much of the kernel.
  add({settings.bwrap, "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent",
       "--as-pid-1", "--new-session", "--hostname", "sandbox", "--clearenv"});
  for (const char* folder : kFolders) add({"--ro-bind-try", folder, folder});
  for (const auto& folder : settings.hidden_folders)
    add({"--tmpfs", folder, "--remount-ro", folder});
  for (const auto& file : settings.hidden_files) add({"--ro-bind", "/dev/null", file});
  add({"--proc", "/proc", "--dev", "/dev"});
  add(tmpfs("/box", box));
  add(tmpfs("/tmp", box / 2));
  add(tmpfs("/dev/shm", box / 4));
  // Its own user could write into it, beyond what is counted and cleaned.
  add({"--remount-ro", "/dev"});
  add({"--ro-bind", settings.agent, "/runyard/agent", "--remount-ro", "/", "--", "/runyard/agent",
       std::to_string(sandbox.memory_kb * 1024)});
  return command;
}

Language as_on_host(const Language& language) {
  auto own = language;
  if (!own.bare_run.empty()) own.run_argv = with_placeholders(own.bare_run, own.source, false);
  if (own.compile && !own.bare_compile.empty())
    own.compile->argv = with_placeholders(own.bare_compile, own.source, true);
  own.warm = std::min(own.warm, 1);
  return own;
}

LanguageCatalog languages_on_host(const LanguageCatalog& languages,
                                  const std::function<bool(const std::string&)>& is_program) {
  std::vector<Language> found;
  for (const auto* language : languages.every_version()) {
    // Which version the host has, nobody knows: the default's name stands for it.
    if (!language->is_default || !language->image_reference.empty()) continue;
    auto own = as_on_host(*language);
    const auto runs = [&](const std::vector<std::string>& argv) {
      // What is made by the compiler is there when it is.
      return argv.front().rfind("./", 0) == 0 || is_program(argv.front());
    };
    if (runs(own.run_argv) && (!own.compile || runs(own.compile->argv)))
      found.push_back(std::move(own));
  }
  return LanguageCatalog(std::move(found));
}

std::map<std::string, std::string> local_images(const LanguageCatalog& languages) {
  std::map<std::string, std::string> images;
  for (const auto& language : languages.all()) images[language.image] = kLocalImage;
  return images;
}

bool is_program_on_host(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
  std::istringstream folders(kPath);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  return false;
}

}  // namespace runyard
