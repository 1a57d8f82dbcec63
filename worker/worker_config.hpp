#pragma once
// The settings of runyard-worker.
#include <string>
#include <vector>

#include "core/config.hpp"
#include "worker/webhooks/webhooks.hpp"

namespace runyard {

struct WorkerConfig {
  std::string db = "host=var/run dbname=runyard user=runyard_worker";
  std::string log_level = "info";
  std::string languages_dir = "docker/languages";
  std::string spec_file;
  std::string agent;
  std::string sandbox = "docker";
  std::string docker = "docker";
  std::string docker_host;
  std::string seccomp_profile = "docker/seccomp/profile.json";
  std::string apparmor_profile;
  std::string runtime;
  std::string state_dir = "/run/runyard";
  int slots = 0;
  int live_slots = 32;
  int prefetch = 1;
  int owner_share = 50;
  int memory_mb = 0;
  int sandbox_memory_mb = 2048;
  int creators = 2;
  int sandbox_max_jobs = 1000;
  int sandbox_max_age_s = 600;
  int sandbox_max_idle_s = 120;
  int compile_cache_mb = 32;
  int drain_s = 30;
  int retention_days = 0;
  WebhookSettings webhooks;
};

/// The table that reads them into `config`.
std::vector<Setting> worker_settings(WorkerConfig& config);

/// The absolute path of a program, looked up in PATH when it has no slash. Throws ConfigError.
/// `setting` is what the message names.
std::string find_program(const std::string& name, const std::string& setting = "docker");

/// The absolute path of the agent's file: `setting`, or where it lies beside this program when that
/// is empty; empty when there is none. Throws ConfigError for a setting that names nothing, or a
/// path that docker would read as something else.
std::string find_agent(const std::string& setting, const std::string& name = "runyard-agent");

}  // namespace runyard
