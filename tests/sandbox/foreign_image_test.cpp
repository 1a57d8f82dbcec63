// An operator's own image, without our agent in it, through the worker's parts and a real engine.
#include "core/spec_file.hpp"
#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "worker/execution_run.hpp"
#include "worker/worker_config.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

constexpr char kImage[] = "runyard-foreign-test:tiny";

/// The base image's files as an image without any history, and with these settings.
void make_image(const std::vector<std::string>& changes) {
  std::string command =
      "set -e; id=$(docker create debian:trixie-slim true); "
      "trap 'docker rm -f \"$id\" >/dev/null' EXIT; docker export \"$id\" | docker import ";
  for (const auto& change : changes) command += "--change '" + change + "' ";
  output_of({"sh", "-c", command + "- " + kImage});
}

bool have_engine() {
  try {
    output_of({"docker", "image", "inspect", "debian:trixie-slim"});
    return true;
  } catch (const std::runtime_error&) {
    WARN("no docker engine with debian:trixie-slim: skipped");
    return false;
  }
}

/// The parts of a worker that knows one language, from a spec file.
struct Bench {
  explicit Bench(const std::string& spec) {
    folder.write("spec.yaml", spec);
    docker.docker = find_program("docker");
    docker.config_dir = folder.path().string();
    docker.seccomp_profile = source_path("docker/seccomp/profile.json");
    docker.label = "foreign-image-test";
    docker.agent = find_agent("");
    std::vector<FieldError> errors;
    catalog = LanguageCatalog(load_spec(folder.path() / "spec.yaml", errors));
    REQUIRE(errors.empty());
    images.refresh();
  }
  ~Bench() {
    if (std::uncaught_exceptions() == 0) output_of({"docker", "rmi", "-f", kImage});
  }
  Result run(const std::string& language, const std::string& code) {
    Submission s;
    s.language = language;
    s.entry = catalog.find(language)->source;
    s.files = {{s.entry, code}};
    s.limits = catalog.find(language)->default_limits;
    s.isolation = Isolation::kFresh;
    return ExecutionRun(services, "alice", s, stop).run();
  }

  TempDir folder;
  DockerSettings docker;
  LanguageCatalog catalog;
  ProcessHost processes;
  Images images{processes, docker, {kImage, "runyard-foreign-test:absent"}};
  SandboxPool pool{PoolSettings{}, [this](const SandboxClass& c, int) {
                     return std::make_unique<Sandbox>(processes, docker, c, 60000, 30s);
                   }};
  CompileCache cache{1 << 20};
  ExecutionServices services{catalog, images, pool, cache, "runc", 30s};
  StopSignal stop;
};

}  // namespace

TEST_CASE("an image of one's own runs programs with the host's agent, under the same protections") {
  if (!have_engine()) return;
  make_image({"ENV GREETING=hello PATH=/opt/bin:/usr/bin:/bin"});
  Bench bench("shell: {image: \"" + std::string(kImage) +
              "\", cmd: '/bin/sh -c \"sleep 0.05; sh main.sh\"', filename: main.sh}\n");
  const auto result = bench.run("shell",
                                "echo $GREETING $PATH $HOME\n"
                                "id -u | grep -vx 0 >/dev/null && echo not root\n"
                                "echo x > /runyard/agent || echo read-only\n"
                                "ls /sys/class/net | grep -vx lo | head -1\n");
  INFO(result.message << result.errors);
  CHECK(result.status == Status::kCompleted);
  CHECK(result.output == "hello /opt/bin:/usr/bin:/bin /box\nnot root\nread-only\n");
}

TEST_CASE("an image with a VOLUME, and one that is not there, run nothing") {
  if (!have_engine()) return;
  make_image({"VOLUME /data"});
  Bench bench("shell: {image: \"" + std::string(kImage) +
              "\", cmd: sh main.sh, filename: main.sh}\n" +
              "gone: {image: \"runyard-foreign-test:absent\", cmd: sh a, filename: a}\n");
  CHECK_FALSE(bench.images.id_of("image:" + std::string(kImage)));
  CHECK_FALSE(bench.images.id_of("image:runyard-foreign-test:absent"));
  CHECK_THROWS_AS(bench.run("shell", ""), SandboxError);
  CHECK_THROWS_AS(bench.run("gone", ""), SandboxError);
}
