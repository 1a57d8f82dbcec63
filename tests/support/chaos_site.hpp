#pragma once
// A whole site of one test's own: a database, API processes, a gateway, three workers, an engine.
// Everything in it may be killed, stopped or cut off.
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/unique_fd.hpp"
#include "tests/support/background.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/private_engine.hpp"
#include "tests/support/temp_dir.hpp"

namespace runyard::test {

struct SiteOptions {
  ClusterOptions cluster;
  std::string cluster_folder;                          ///< empty: in the site's own
  std::map<std::string, std::string> api_environment;  ///< and of the gateway
  std::map<std::string, std::string> worker_environment;
  std::vector<std::string> worker_prefix;  ///< words before runyard-worker
  bool workers_by_tcp = false;             ///< for workers in another network namespace
  std::vector<std::string> worker_settings;
  std::string webhook_address = "127.0.0.80";  ///< where the workers may send webhooks
  int workers = 3;
};

/// The API's processes share a socket, the workers an engine and a state_dir: three on one host, as
/// three on one database.
class ChaosSite final {
 public:
  explicit ChaosSite(SiteOptions options = {});
  ~ChaosSite();
  ChaosSite(const ChaosSite&) = delete;
  ChaosSite& operator=(const ChaosSite&) = delete;

  /// Where the API takes FastCGI requests.
  std::string socket() const { return place("api.sock"); }
  /// Where the gateway takes live runs.
  std::string live_socket() const { return place("live.sock"); }
  std::string place(const std::string& name) const { return (folder_.path() / name).string(); }

  OwnCluster& cluster() { return *cluster_; }
  PrivateEngine& engine() { return *engine_; }
  Background& worker(int index) { return *workers_.at(static_cast<std::size_t>(index)); }
  Background& api(int index) { return *apis_.at(static_cast<std::size_t>(index)); }
  Background& gateway() { return *gateway_; }
  int workers() const { return static_cast<int>(workers_.size()); }
  int apis() const { return static_cast<int>(apis_.size()); }

  /// Starts what has ended, as a supervisor does.
  void start_worker(int index);
  void start_api(int index);
  void start_gateway();
  void revive();

  /// SIGTERM, and their exit codes; -1: it had to be killed.
  std::vector<int> stop_workers();
  int stop_gateway();

  /// Names of all containers of this site's engine.
  std::vector<std::string> containers() const;
  std::vector<pid_t> docker_clients(int worker);

  /// What this worker has logged, over all its starts; what all have.
  std::string worker_log(int index) const;
  std::string worker_log() const;
  /// Its id in the queue, since its last start.
  std::string worker_id(int index) const;
  std::string api_log() const;
  std::string gateway_log() const;

 private:
  TempDir folder_;
  SiteOptions options_;
  UniqueFd listening_;
  std::unique_ptr<OwnCluster> cluster_;
  std::unique_ptr<PrivateEngine> engine_;
  std::vector<std::unique_ptr<Background>> apis_;
  std::unique_ptr<Background> gateway_;
  std::vector<std::unique_ptr<Background>> workers_;
};

}  // namespace runyard::test
