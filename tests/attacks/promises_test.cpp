// The promises of SECURITY.md section 6 that can be seen from outside, on the engine's side. Needs
// the docker client and root, as the stack itself.
#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "core/ids.hpp"
#include "tests/support/agent_session.hpp"
#include "tests/support/at_best.hpp"
#include "tests/support/attack.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/processes.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

std::string program(const std::string& name) {
  return file_of_checkout("tests/attacks/programs/promises/" + name);
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) out.push_back(line);
  return out;
}

/// Ids of the sandboxes of all workers of this host.
std::vector<std::string> sandboxes() {
  std::vector<std::string> ids;
  for (const auto& line :
       lines(output_of({"docker", "ps", "-a", "--no-trunc", "--filter", "label=runyard", "--format",
                        "{{.ID}} {{.Label \"runyard\"}}"})))
    if (line.find(" worker-") != std::string::npos) ids.push_back(line.substr(0, line.find(' ')));
  return ids;
}

/// What `docker inspect` says of a container; a container that is gone meanwhile gives nothing.
std::optional<json::Value> inspect(const std::string& id) {
  try {
    auto all = json::parse(output_of({"docker", "inspect", id}));
    return std::move((*all.array()).at(0));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

const json::Value* at(const json::Value& value, const std::string& path) {
  const json::Value* found = &value;
  for (std::size_t begin = 0; found && begin <= path.size();) {
    const auto end = std::min(path.find('.', begin), path.size());
    found = found->find(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return found;
}

std::string text_of(const json::Value& value, const std::string& path) {
  const auto* found = at(value, path);
  if (!found) return "(none)";
  json::Writer writer;
  writer.value(*found);
  return writer.text();
}

bool exists(const std::string& id) {
  const auto ids = sandboxes();
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// Processes of the host whose command line begins with this.
int processes_named(const std::string& name) {
  int count = 0;
  for (const auto pid : all_processes())
    if (const auto arguments = arguments_of(pid); !arguments.empty() && arguments[0] == name)
      ++count;
  return count;
}

/// The container's flags, as SECURITY.md section 2 lists them.
void check_flags(const json::Value& container) {
  const std::map<std::string, std::string> exact = {
      {"HostConfig.NetworkMode", "\"none\""},
      {"HostConfig.CgroupnsMode", "\"private\""},
      {"HostConfig.IpcMode", "\"none\""},
      {"HostConfig.PidMode", "\"\""},
      {"HostConfig.UTSMode", "\"\""},
      {"HostConfig.UsernsMode", "\"\""},
      {"HostConfig.ReadonlyRootfs", "true"},
      {"HostConfig.Privileged", "false"},
      {"HostConfig.AutoRemove", "true"},
      {"HostConfig.OomScoreAdj", "500"},
      {"HostConfig.OomKillDisable", "false"},
      {"HostConfig.LogConfig.Type", "\"none\""},
      {"HostConfig.RestartPolicy.Name", "\"no\""},
      {"HostConfig.PublishAllPorts", "false"},
      {"HostConfig.Devices", "[]"},
      {"Mounts", "[]"},
      {"LogPath", "\"\""},
      {"Config.User", "\"0:0\""},
      {"Config.WorkingDir", "\"/\""},
      {"Config.Hostname", "\"sandbox\""},
      {"Config.Tty", "false"},
      {"Config.Healthcheck.Test", "[\"NONE\"]"},
      {"Config.Entrypoint", "[\"/runyard/agent\"]"},
      {"Config.StopTimeout", "0"},
  };
  for (const auto& [path, value] : exact) {
    INFO(path);
    CHECK(text_of(container, path) == value);
  }
  for (const char* empty :
       {"HostConfig.Binds", "HostConfig.VolumesFrom", "HostConfig.GroupAdd",
        "HostConfig.DeviceRequests", "HostConfig.DeviceCgroupRules", "HostConfig.Links",
        "HostConfig.ExtraHosts", "Config.Volumes", "Config.Cmd", "ExecIDs"}) {
    const auto text = text_of(container, empty);
    INFO(empty << " is " << text);
    CHECK((text == "null" || text == "[]" || text == "(none)"));
  }
  CHECK(text_of(container, "Config.Image").substr(0, 8) == "\"sha256:");
  // Only the image's PATH: no proxy, nothing of the host.
  CHECK(at(container, "Config.Env")->array()->size() == 1);
  CHECK_THAT(text_of(container, "Config.Env"), contains("[\"PATH="));
}

void check_privileges(const json::Value& container) {
  CHECK(text_of(container, "HostConfig.CapDrop") == "[\"ALL\"]");
  std::set<std::string> added;
  for (const auto& capability : *at(container, "HostConfig.CapAdd")->array()) {
    const auto& name = *capability.string();
    added.insert(name.substr(0, 4) == "CAP_" ? name.substr(4) : name);
  }
  CHECK(added == std::set<std::string>{"KILL", "SETGID", "SETUID"});

  bool no_new_privileges = false;
  bool profile = false;
  for (const auto& option : *at(container, "HostConfig.SecurityOpt")->array()) {
    const auto& text = *option.string();
    if (text == "no-new-privileges:true") no_new_privileges = true;
    if (text.substr(0, 8) != "seccomp=") continue;
    json::Writer used, ours;
    used.value(json::parse(text.substr(8)));
    ours.value(json::parse(file_of_checkout("docker/seccomp/profile.json")));
    // The engine leaves out nothing and adds nothing.
    profile = used.text() == ours.text();
  }
  CHECK(no_new_privileges);
  CHECK(profile);
}

void check_limits(const json::Value& container) {
  const auto number = [&](const std::string& path) {
    const auto* value = at(container, path);
    return value && value->integer() ? *value->integer() : -1;
  };
  CHECK(number("HostConfig.Memory") > 0);
  CHECK(number("HostConfig.MemorySwap") == number("HostConfig.Memory"));
  CHECK(number("HostConfig.NanoCpus") > 0);
  CHECK(number("HostConfig.PidsLimit") > 0);
  CHECK(number("HostConfig.PidsLimit") <= 256 + 8);
  std::map<std::string, std::int64_t> limits;
  for (const auto& limit : *at(container, "HostConfig.Ulimits")->array()) {
    CHECK(text_of(limit, "Hard") == text_of(limit, "Soft"));
    limits[*limit.find("Name")->string()] = *limit.find("Hard")->integer();
  }
  CHECK(limits == std::map<std::string, std::int64_t>{
                      {"core", 1}, {"memlock", 65536}, {"msgqueue", 0}, {"nofile", 4096}});
  const auto& folders = *at(container, "HostConfig.Tmpfs")->object();
  CHECK(folders.size() == 4);
  for (const auto& [folder, options] : folders) {
    INFO(folder);
    for (const char* option : {"size=", "nr_inodes=", "nosuid", "nodev"})
      CHECK_THAT(*options.string(), contains(option));
  }
}

/// What is later than any limit: the machine stalled for so long that nothing was seen.
constexpr std::int64_t kUnseen = std::numeric_limits<std::int64_t>::max();

/// Milliseconds from the end of a job that hit a limit to that of its sandbox, both as the services
/// noted them: how long this test takes to look does not count.
std::int64_t sandbox_outlives_its_job_by() {
  const auto id =
      start("python", program("where.py"), R"("args":["60"],"limits":{"wall_ms":4000})");
  // Its name for the host is only known from inside, and stdout only at the end: all sandboxes are
  // noted meanwhile.
  std::map<std::string, std::string> ids_by_upper;
  std::set<std::string> seen;
  HttpClient client(test_url(), kOwner);
  const auto path = std::string(kExecutions) + "/" + id;
  for (auto answer = client.get(path);
       answer.status == 200 && answer.json().find("finished_at")->is_null();
       answer = client.get(path))
    for (const auto& one : sandboxes())
      if (seen.count(one) == 0)
        if (const auto container = inspect(one)) {
          seen.insert(one);
          ids_by_upper[text_of(*container, "GraphDriver.Data.UpperDir")] = one;
        }
  const auto ended = end_of(id);
  CHECK(ended.verdict() == "WALL_TIME");
  auto upper = ended.text("stdout");
  if (!upper.empty()) upper.pop_back();
  const auto found = ids_by_upper.find("\"" + upper + "\"");
  if (found == ids_by_upper.end()) return kUnseen;
  REQUIRE(await([&] { return !exists(found->second); }, 20s));
  // From before the end, since the sandbox may be gone before its job's end is recorded.
  const auto finished_ms =
      std::stoll(output_of({"date", "-d", ended.text("finished_at"), "+%s%3N"}));
  const auto gone_ns = output_of(
      {"sh", "-c",
       "docker events --since \"$1\" --until \"$(date +%s.%N)\" --filter container=\"$2\" --filter "
       "event=destroy --format '{{.TimeNano}}'",
       "events", std::to_string(finished_ms / 1'000 - 60), found->second});
  if (gone_ns.empty()) return kUnseen;  // the engine keeps the newest events only
  return std::stoll(gone_ns) / 1'000'000 - finished_ms;
}

}  // namespace

TEST_CASE("promises: every sandbox is hardened as the design lists") {
  const auto id = start("python", program("where.py"), R"("args":["2"],"limits":{"wall_ms":5000})");
  std::this_thread::sleep_for(300ms);
  int seen = 0;
  for (const auto& sandbox : sandboxes()) {
    const auto container = inspect(sandbox);
    if (!container) continue;
    ++seen;
    INFO(sandbox);
    check_flags(*container);
    check_privileges(*container);
    check_limits(*container);
  }
  CHECK(seen > 0);
  CHECK(end_of(id).verdict() == "COMPLETED");
}

TEST_CASE("promises: no container ever serves two owners or two isolation keys") {
  std::map<std::string, std::set<std::string>> tenants;  // by container
  std::vector<std::pair<std::string, std::string>> started;
  const auto code = program("where.py");
  for (int round = 0; round < 8; ++round)
    for (const char* owner : {kOwner, kOtherOwner})
      for (const char* key : {"", "one", "two"}) {
        const auto id =
            start("python", code, "\"isolation_key\":\"" + std::string(key) + "\"", owner);
        started.emplace_back(id, std::string(owner) + "/" + key);
      }
  int reused = 0;
  for (const auto& [id, tenant] : started) {
    const auto ended = end_of(id, tenant.substr(0, tenant.find('/')));
    INFO(ended.shown());
    REQUIRE(ended.verdict() == "COMPLETED");
    tenants[ended.text("stdout")].insert(tenant);
    if (ended.truth("sandbox.reused")) ++reused;
  }
  for (const auto& [container, who] : tenants) {
    INFO(container);
    CHECK(who.size() == 1);
  }
  CHECK(reused > 0);  // else this test shows nothing
}

TEST_CASE("promises: a fresh sandbox serves one execution") {
  std::set<std::string> containers;
  for (int i = 0; i < 4; ++i) {
    const auto ended = run("python", program("where.py"), R"("isolation":"fresh")");
    INFO(ended.shown());
    CHECK(ended.verdict() == "COMPLETED");
    CHECK_FALSE(ended.truth("sandbox.reused"));
    CHECK(containers.insert(ended.text("stdout")).second);
  }
}

TEST_CASE("promises: a job writes nothing to the host's disk") {
  const auto id = start("python", program("write_everywhere.py"), R"("limits":{"wall_ms":2500})");
  std::this_thread::sleep_for(1s);
  int seen = 0;
  for (const auto& line :
       lines(output_of({"docker", "ps", "-a", "--size", "--filter", "label=runyard", "--format",
                        "{{.Label \"runyard\"}} {{.Names}} {{.Size}}"}))) {
    if (line.substr(0, 7) != "worker-") continue;
    ++seen;
    CHECK_THAT(line, contains(" 0B"));  // of its own; "(virtual ..)" is the image's
  }
  CHECK(seen > 0);
  const auto ended = end_of(id);
  CHECK(ended.verdict() == "WALL_TIME");
  CHECK(ended.text("stdout").size() > 50000);
}

TEST_CASE("promises: the last process is dead when the answer comes") {
  const std::string name = "left-" + random_hex(8);
  const auto ended = run("python", program("many_children.py"), "\"args\":[\"" + name + "\"]");
  const int left = processes_named(name);
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPLETED");
  CHECK(left == 0);
  check_canaries("python", "");
}

TEST_CASE("promises: the sandbox of a job that hit a limit is destroyed within a second") {
  CHECK(at_best(1'000, sandbox_outlives_its_job_by) <= 1'000);
}

TEST_CASE("promises: wall and CPU limits are overshot by little") {
  // 50 ms at the 99th percentile is the bench's to measure; here half of the runs, since others use
  // this machine too.
  std::vector<std::int64_t> wall, cpu;
  for (int i = 0; i < 7; ++i) {
    wall.push_back(run("python", "import time; time.sleep(60)", R"("limits":{"wall_ms":200})")
                       .number("execution_time") -
                   200);
    cpu.push_back(
        run("python", "while True: pass", R"("limits":{"cpu_ms":100})").number("cpu_time_ms") -
        100);
  }
  std::sort(wall.begin(), wall.end());
  std::sort(cpu.begin(), cpu.end());
  CHECK(wall[3] >= 0);
  CHECK(wall[3] <= 50);
  CHECK(cpu[3] >= 0);
  CHECK(cpu[3] <= 50);
}
