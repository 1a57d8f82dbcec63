#include "worker/local_sandbox.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace runyard {
namespace {

constexpr char kPath[] = "/usr/local/bin:/usr/bin:/bin";

/// `argv` with what stands for the submission's files: "main.cpp" of it becomes {sources} or
/// {source}, "Main" of a run {stem}.
std::vector<std::string> with_placeholders(std::vector<std::string> argv, const std::string& source,
                                           bool compile) {
  const auto stem = std::filesystem::path(source).stem().string();
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == source)
      argv[i] = compile ? "{sources}" : "{source}";
    else if (argv[i] == stem && !compile)
      argv[i] = "{stem}";
  }
  if (compile) argv.insert(argv.begin() + 1, "{compile_args}");
  return argv;
}

}  // namespace

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
  add({settings.bwrap, "--unshare-all", "--die-with-parent", "--as-pid-1", "--new-session",
       "--hostname", "sandbox", "--clearenv"});
  for (const char* folder : {"/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc", "/opt"})
    add({"--ro-bind-try", folder, folder});
  add({"--proc", "/proc", "--dev", "/dev"});
  add(tmpfs("/box", box));
  add(tmpfs("/tmp", box / 2));
  add(tmpfs("/dev/shm", box / 4));
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
