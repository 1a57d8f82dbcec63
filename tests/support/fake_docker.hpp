#pragma once
// A docker that does what a test wants, and nothing on the host.
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "worker/docker_command.hpp"
#include "worker/sandbox.hpp"

namespace runyard::test {

/// tests/fake-docker/main.cpp says what can be asked for.
class FakeDocker final {
 public:
  DockerSettings settings() const {
    DockerSettings settings;
    settings.docker = fake_docker_path();
    settings.config_dir = folder_.path().string();
    settings.seccomp_profile = "/profile.json";
    settings.label = "test";
    return settings;
  }

  /// Behaviours of the coming `docker run`s; the last one is that of all after it.
  void run_as(const std::vector<std::string>& behaviours) const {
    std::string text;
    for (const auto& behaviour : behaviours) text += (text.empty() ? "" : "\n") + behaviour;
    folder_.write("run", text);
  }
  void list_images(const std::string& text) const { folder_.write("images", text); }
  void list_containers(const std::string& text) const { folder_.write("listed", text); }
  void declare_volumes(const std::string& json) const { folder_.write("volumes", json); }
  /// What an operator's own image is, a line each: id, volumes, environment; empty: not there.
  void have_foreign(const std::string& lines) const { folder_.write("foreign", lines); }
  void break_down(const std::string& how = "fail") const { folder_.write("broken", how); }
  void repair() const { std::filesystem::remove(folder_.path() / "broken"); }

  /// Calls so far whose arguments begin with this.
  int calls(const std::string& begin) const {
    int count = 0;
    std::istringstream lines(folder_.read("calls"));
    for (std::string line; std::getline(lines, line);) count += line.rfind(begin, 0) == 0 ? 1 : 0;
    return count;
  }

 private:
  TempDir folder_;
};

/// A job of one run step with generous limits.
inline Job fake_job(std::vector<std::string> argv) {
  Job job;
  job.files = {{"main.txt", "source"}};
  JobStep step;
  step.argv = std::move(argv);
  step.wall_ms = step.cpu_ms = 5000;
  step.output_bytes = 4096;
  step.file_bytes = 1 << 20;
  step.processes = 16;
  job.steps = {step};
  return job;
}

inline SandboxClass fake_class(const std::string& image = "sha256:a") {
  SandboxClass sandbox_class;
  sandbox_class.image_id = image;
  return sandbox_class;
}

}  // namespace runyard::test
