#include "tests/support/chaos_site.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/processes.hpp"

namespace runyard::test {
namespace {

using namespace std::chrono_literals;

constexpr int kApis = 2;

std::string built(const std::string& program) {
  const char* bin = std::getenv("RUNYARD_TEST_BIN");
  if (!bin) throw std::runtime_error("RUNYARD_TEST_BIN is not set: run ./runyard test chaos");
  return std::string(bin) + "/" + program;
}

/// Kept from test to test, since loading its image takes longer than most of them.
std::string engine_folder() {
  const char* stack = std::getenv("RUNYARD_TEST_STACK");
  return std::string(stack && *stack ? stack : "/tmp/runyard-chaos") + "/chaos-engine";
}

std::string log_of(int worker) { return "worker-" + std::to_string(worker) + ".log"; }

}  // namespace

ChaosSite::ChaosSite(SiteOptions options)
    : options_(std::move(options)), listening_(listen_on(place("api.sock"))) {
  ::chmod(folder_.path().c_str(), 0755);  // the cluster is another user's
  if (options_.cluster_folder.empty()) options_.cluster_folder = place("pg");
  cluster_ = std::make_unique<OwnCluster>(options_.cluster_folder, options_.cluster);
  engine_ = std::make_unique<PrivateEngine>(engine_folder(), "root", PrivateEngine::kKeepImage);
  apis_.resize(kApis);
  workers_.resize(static_cast<std::size_t>(options_.workers));
  revive();
}

ChaosSite::~ChaosSite() {
  for (auto& worker : workers_) {
    worker->signal(SIGCONT);
    worker->signal(SIGTERM);
    worker->signal(SIGTERM);
  }
  for (auto& worker : workers_) worker->wait(10s);
}

void ChaosSite::start_api(int index) {
  BackgroundOptions how;
  how.log = place("api.log");
  how.input = listening_.get();
  how.environment = options_.api_environment;
  apis_[static_cast<std::size_t>(index)] = std::make_unique<Background>(
      std::vector<std::string>{built("fcgi-app/runyard-api"), "--db=" + cluster_->options(),
                               "--languages_dir=" + source_path("docker/languages"), "--threads=32",
                               "--log_level=warn"},
      how);
}

void ChaosSite::start_worker(int index) {
  BackgroundOptions how;
  how.log = place(log_of(index));
  how.environment = options_.worker_environment;
  auto words = options_.worker_prefix;
  const auto db = options_.workers_by_tcp ? cluster_->tcp_options() : cluster_->options();
  for (const auto& word :
       {built("worker/runyard-worker"), "--db=" + db, "--docker_host=" + engine_->host(),
        "--languages_dir=" + source_path("docker/languages"),
        "--seccomp_profile=" + source_path("docker/seccomp/profile.json"),
        "--state_dir=" + place("state"), std::string("--slots=2"), std::string("--live_slots=2"),
        std::string("--sandbox_memory_mb=360"), std::string("--drain_s=10"),
        "--webhook_allow=" + options_.webhook_address})
    words.push_back(word);
  words.insert(words.end(), options_.worker_settings.begin(), options_.worker_settings.end());
  workers_[static_cast<std::size_t>(index)] = std::make_unique<Background>(words, how);
}

void ChaosSite::start_gateway() {
  BackgroundOptions how;
  how.log = place("gateway.log");
  how.environment = options_.api_environment;
  gateway_ = std::make_unique<Background>(
      std::vector<std::string>{built("gateway/runyard-gateway"), "--db=" + cluster_->options(),
                               "--listen=unix:" + live_socket(), "--api_socket=" + socket()},
      how);
}

void ChaosSite::revive() {
  for (int i = 0; i < apis(); ++i)
    if (auto& api = apis_[static_cast<std::size_t>(i)]; !api || !api->alive()) start_api(i);
  if (!gateway_ || !gateway_->alive()) start_gateway();
  for (int i = 0; i < workers(); ++i)
    if (auto& one = workers_[static_cast<std::size_t>(i)]; !one || !one->alive()) start_worker(i);
}

std::vector<int> ChaosSite::stop_workers() {
  for (auto& worker : workers_) worker->signal(SIGTERM);
  std::vector<int> codes;
  for (auto& worker : workers_) codes.push_back(worker->wait(40s));
  return codes;
}

int ChaosSite::stop_gateway() {
  gateway_->signal(SIGTERM);
  return gateway_->wait(20s);
}

std::vector<std::string> ChaosSite::containers() const {
  std::istringstream names(
      output_of({"docker", "-H", engine_->host(), "ps", "-a", "--format", "{{.Names}}"}));
  return {std::istream_iterator<std::string>(names), {}};
}

std::vector<pid_t> ChaosSite::docker_clients(int index) {
  std::vector<pid_t> clients;
  for (const auto child : children_of(worker(index).pid())) {
    const auto arguments = arguments_of(child);
    if (arguments.size() > 2 && arguments[1] == "run") clients.push_back(child);
  }
  return clients;
}

std::string ChaosSite::worker_log(int index) const { return folder_.read(log_of(index)); }

std::string ChaosSite::worker_log() const {
  std::string all;
  for (int i = 0; i < workers(); ++i) all += worker_log(i);
  return all;
}

std::string ChaosSite::worker_id(int index) const {
  const auto log = worker_log(index);
  const std::string before = "event=\"worker starts\" worker=";
  const auto at = log.rfind(before);
  if (at == std::string::npos) throw std::runtime_error("no worker has started: " + log);
  const auto begin = at + before.size();
  return log.substr(begin, log.find(' ', begin) - begin);
}

std::string ChaosSite::api_log() const { return folder_.read("api.log"); }
std::string ChaosSite::gateway_log() const { return folder_.read("gateway.log"); }

}  // namespace runyard::test
