#pragma once
// A PostgreSQL server of one test's own, which it may kill, stop and starve.
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/background.hpp"

namespace runyard::test {

struct ClusterOptions {
  std::vector<std::string> settings;               ///< name=value of postgresql.conf
  std::string tcp_address;                         ///< listens there as well; everybody is trusted
  std::map<std::string, std::string> environment;  ///< of the server
};

/// Below `folder`, which is its own; with a migrated database "runyard". Needs root.
class OwnCluster final {
 public:
  explicit OwnCluster(std::string folder, ClusterOptions options = {});
  ~OwnCluster();
  OwnCluster(const OwnCluster&) = delete;
  OwnCluster& operator=(const OwnCluster&) = delete;

  /// For programs on this host; over TCP for those in another network namespace.
  std::string options() const { return local_options("runyard"); }
  std::string tcp_options() const;

  /// Starts it, also after a kill, and waits until it answers. False when it ended or did not
  /// answer within 30 s.
  bool start();
  /// Fast shutdown; waits.
  void stop();
  /// SIGKILL to the postmaster alone, as an operating system short of memory does. Its backends
  /// find out and end; waits for that.
  void kill();
  bool running() { return server_ && server_->alive(); }
  pid_t pid() const { return server_ ? server_->pid() : 0; }
  /// Backends of clients.
  std::vector<pid_t> backends() const;
  /// Stops every process of it, and lets them go on.
  void freeze();
  void thaw();

  /// First column of the first row, or "". Throws when the server does not do it.
  std::string sql(const std::string& statement) const;
  /// All rows, NULL as "".
  std::vector<std::vector<std::string>> rows(const std::string& statement) const;

  std::string data() const { return folder_ + "/data"; }

 private:
  std::string local_options(const std::string& database) const;
  void run_as_postgres(const std::vector<std::string>& argv) const;

  const std::string folder_;
  const ClusterOptions options_;
  std::unique_ptr<Background> server_;
};

/// TCP port of tests' clusters, at addresses of their own.
constexpr int kClusterPort = 5432;

}  // namespace runyard::test
