#pragma once
// The docker command lines of a worker, as pure functions: nothing that a program, an agent or a
// client said is ever part of one.
#include <cstdint>
#include <string>
#include <vector>

#include "worker/process.hpp"

namespace runyard {

/// What every docker call shares.
struct DockerSettings {
  std::string docker = "/usr/bin/docker";  ///< absolute path of the client
  std::string host;                        ///< DOCKER_HOST; empty: the default socket
  std::string config_dir;        ///< an empty folder: no proxy, no credentials reach a container
  std::string seccomp_profile;   ///< path of docker/seccomp/profile.json
  std::string apparmor_profile;  ///< name of a loaded profile; empty: the engine's default
  std::string runtime;           ///< e.g. runsc; empty: the engine's default
  std::string label;             ///< value of the label runyard: whose containers these are
  std::string agent;  ///< the agent's file on the engine's host, for images that have none
};

/// What tells sandboxes apart that cannot stand in for each other.
struct SandboxClass {
  std::string image_id;  ///< sha256:..., never a tag
  std::int64_t memory_kb = 128 * 1024;
  std::int64_t processes = 64;
  double cpus = 1.0;
  bool brings_agent = true;  ///< false: an operator's own image, which gets it from the host

  bool operator==(const SandboxClass& other) const {
    return image_id == other.image_id && memory_kb == other.memory_kb &&
           processes == other.processes && cpus == other.cpus && brings_agent == other.brings_agent;
  }
  bool operator<(const SandboxClass& other) const;
};

/// How much a sandbox of this memory holds on its file systems in memory: at most 64 MiB in /box,
/// and never so much that full ones leave the agent no memory to clean them. In bytes; /tmp and
/// /dev/shm have half and a quarter of it.
std::int64_t box_bytes(std::int64_t memory_kb);

/// `docker run -i` of one sandbox; its stdin and stdout carry the frames of agent/protocol.hpp.
Command run_sandbox(const DockerSettings& settings, const SandboxClass& sandbox,
                    const std::string& container_name);

/// `docker rm -f` of containers by name or id.
Command remove_containers(const DockerSettings& settings, const std::vector<std::string>& names);

/// Ids of all containers with this label, one a line.
Command list_containers(const DockerSettings& settings, const std::string& label);

/// The language images: "<id> <repository> <tag>" a line.
Command list_images(const DockerSettings& settings);

/// Of an operator's own image: its id, then as inspect_volumes(), then its environment as JSON, a
/// line each.
Command inspect_image(const DockerSettings& settings, const std::string& reference);

/// The paths that an image declares as VOLUME, as JSON.
Command inspect_volumes(const DockerSettings& settings, const std::string& image_id);

}  // namespace runyard
