#include "worker/worker_config.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace runyard {

std::vector<Setting> worker_settings(WorkerConfig& c) {
  return {
      with_alias(text_setting("db", c.db, "libpq connection string or URI of PostgreSQL."),
                 "RUNNER_DB_DSN"),
      choice_setting("log_level", c.log_level, {"debug", "info", "warn", "error"},
                     "Least level that is logged."),
      text_setting("languages_dir", c.languages_dir, "Folder of the language folders."),
      text_setting("spec_file", c.spec_file,
                   "YAML file with languages in images of your own; empty: none. The API needs it "
                   "too."),
      choice_setting("sandbox", c.sandbox, {"docker", "local"},
                     "local: bubblewrap and the programs of this machine, without docker; for "
                     "development, with code that is trusted."),
      text_setting("agent", c.agent,
                   "The agent's file, for images that have none; empty: the one that was built "
                   "with this program."),
      text_setting("docker", c.docker,
                   "The docker client; without a slash it is looked up in PATH."),
      text_setting("docker_host", c.docker_host,
                   "DOCKER_HOST of the client; empty: the default socket."),
      text_setting("seccomp_profile", c.seccomp_profile, "Path of docker/seccomp/profile.json."),
      text_setting("apparmor_profile", c.apparmor_profile,
                   "Name of a loaded AppArmor profile; empty: the engine's default."),
      text_setting("runtime", c.runtime,
                   "Container runtime, e.g. runsc or kata; empty: the engine's default."),
      text_setting("state_dir", c.state_dir,
                   "Folder of lock files that all workers of this host share."),
      with_alias(
          integer_setting("slots", c.slots, 0, 256, "Executions at one time; 0: one a core."),
          "RUNNER_WORKER_COUNT"),
      integer_setting("live_slots", c.live_slots, 0, 256,
                      "Live runs at one time, in slots of their own: people think before they "
                      "type."),
      integer_setting("prefetch", c.prefetch, 0, 64,
                      "Executions claimed beyond the slots while runs are short."),
      integer_setting("owner_share", c.owner_share, 1, 100,
                      "Percent of the slots, at least one, that one owner may hold while somebody "
                      "else's execution waits."),
      integer_setting(
          "memory_mb", c.memory_mb, 0, 100'000'000,
          "MiB that programs and compilers that run at a time may ask for together, live "
          "runs half of it; 0: three quarters of what this machine or its control group "
          "has."),
      integer_setting("sandbox_memory_mb", c.sandbox_memory_mb, 90, 1'000'000,
                      "Memory in MiB for idle sandboxes, 45 each; the oldest go first."),
      integer_setting("creators", c.creators, 1, 16, "Containers started at the same time."),
      integer_setting("sandbox_max_jobs", c.sandbox_max_jobs, 1, 1'000'000,
                      "Jobs of one sandbox before it is replaced."),
      integer_setting("sandbox_max_age_s", c.sandbox_max_age_s, 1, 86'400,
                      "Seconds after which a used sandbox is replaced."),
      integer_setting("sandbox_max_idle_s", c.sandbox_max_idle_s, 1, 86'400,
                      "Seconds that a used sandbox waits for its owner's next job."),
      integer_setting("compile_cache_mb", c.compile_cache_mb, 0, 4096,
                      "MiB of compiled programs kept in memory; 0: none."),
      integer_setting("drain_s", c.drain_s, 0, 3600,
                      "Seconds that running executions get after SIGTERM."),
      integer_setting("retention_days", c.retention_days, 0, 36'500,
                      "Days after which whole months of executions are dropped; 0: never."),
      boolean_setting("webhooks", c.webhooks.send,
                      "Whether this worker sends webhooks; false where it cannot reach out."),
      text_setting("webhook_allow", c.webhooks.allow,
                   "Networks beside the public internet that webhooks may go to, as 10.1.0.0/16, "
                   "separated by commas."),
      text_setting("webhook_ca_file", c.webhooks.ca_file,
                   "Certificates that receivers' are checked by; empty: the system's."),
  };
}

std::string find_agent(const std::string& setting, const std::string& name) {
  namespace fs = std::filesystem;
  std::vector<fs::path> candidates = {setting};
  if (setting.empty()) {
    const auto here = fs::read_symlink("/proc/self/exe").parent_path();
    candidates = {here / name, here.parent_path() / "agent" / name};
  }
  for (const auto& candidate : candidates) {
    if (::access(candidate.c_str(), X_OK) != 0) continue;
    auto path = fs::absolute(candidate).string();
    if (path.find_first_of(",\"\n") != std::string::npos)
      throw ConfigError("agent: the path must hold no comma and no quote: " + path);
    return path;
  }
  if (!setting.empty()) throw ConfigError("agent: " + setting + " cannot be executed");
  return {};
}

std::string find_program(const std::string& name, const std::string& setting) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), X_OK) == 0) return std::filesystem::absolute(name).string();
    throw ConfigError(setting + ": " + name + " cannot be executed");
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto candidate = std::filesystem::path(folder) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate.string();
  }
  throw ConfigError(setting + ": there is no program " + name + " in PATH");
}

}  // namespace runyard
