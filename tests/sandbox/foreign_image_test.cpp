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

/// The base image's files as an image without any history, and with these settings. It goes with
/// this object, so whatever holds a container of it must end before.
class TestImage final {
 public:
  explicit TestImage(const std::vector<std::string>& changes) {
    std::string command =
        "set -e; id=$(docker create debian:trixie-slim true); "
        "trap 'docker rm -f \"$id\" >/dev/null' EXIT; docker export \"$id\" | docker import "
        "--change 'LABEL runyard.test=1' ";
    for (const auto& change : changes) command += "--change '" + change + "' ";
    id_ = output_of({"sh", "-c", command + "- " + kImage});
    id_.erase(id_.find_last_not_of('\n') + 1);
  }
  // The engine ends a container some time after its client. With one left, `rmi` would only take
  // the name away. The last line is for what a killed test left.
  ~TestImage() {
    const std::string script =
        "for try in $(seq 100); do "
        "left=$(docker ps -aq --filter \"ancestor=$0\"); [ -n \"$left\" ] || break; "
        "docker rm -f $left >/dev/null 2>&1; sleep 0.1; done; "
        "docker rmi -f \"$0\" >/dev/null; "
        "docker image prune -f --filter label=runyard.test=1 >/dev/null";
    try {
      output_of({"sh", "-c", script, id_});
    } catch (const std::runtime_error& e) {
      WARN("the image " << id_ << " stays: " << e.what());
    }
  }
  TestImage(const TestImage&) = delete;
  TestImage& operator=(const TestImage&) = delete;

  const std::string& id() const { return id_; }

 private:
  std::string id_;
};

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
  const TestImage image({"ENV GREETING=hello PATH=/opt/bin:/usr/bin:/bin"});
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
  const TestImage image({"VOLUME /data"});
  Bench bench("shell: {image: \"" + std::string(kImage) +
              "\", cmd: sh main.sh, filename: main.sh}\n" +
              "gone: {image: \"runyard-foreign-test:absent\", cmd: sh a, filename: a}\n");
  CHECK_FALSE(bench.images.id_of("image:" + std::string(kImage)));
  CHECK_FALSE(bench.images.id_of("image:runyard-foreign-test:absent"));
  CHECK_THROWS_AS(bench.run("shell", ""), SandboxError);
  CHECK_THROWS_AS(bench.run("gone", ""), SandboxError);
}

TEST_CASE("a test's own image goes with it, although its container is only just ending") {
  if (!have_engine()) return;
  std::string id;
  {
    const TestImage image({"ENV A=1"});
    id = image.id();
    Bench bench("shell: {image: \"" + std::string(kImage) + "\", cmd: sh a, filename: a}\n");
    CHECK(bench.run("shell", "echo $A").output == "1\n");
  }
  CHECK(output_of({"docker", "images", "-aq", "--no-trunc"}).find(id) == std::string::npos);
}
