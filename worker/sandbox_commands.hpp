#pragma once
// How a sandbox is started and taken away: by docker, or by bubblewrap.
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "worker/docker_command.hpp"
#include "worker/local_sandbox.hpp"

namespace runyard {

class SandboxCommands final {
 public:
  SandboxCommands(DockerSettings docker) : settings_(std::move(docker)) {}
  SandboxCommands(LocalSettings local) : settings_(std::move(local)) {}

  Command start(const SandboxClass& sandbox, const std::string& name) const {
    if (const auto* docker = std::get_if<DockerSettings>(&settings_))
      return run_sandbox(*docker, sandbox, name);
    return run_local_sandbox(std::get<LocalSettings>(settings_), sandbox);
  }
  /// nullopt: it ends with the client that was started.
  std::optional<Command> remove(const std::string& name) const {
    if (const auto* docker = std::get_if<DockerSettings>(&settings_))
      return remove_containers(*docker, {name});
    return std::nullopt;
  }

 private:
  std::variant<DockerSettings, LocalSettings> settings_;
};

}  // namespace runyard
