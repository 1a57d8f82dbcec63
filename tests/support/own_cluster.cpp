#include "tests/support/own_cluster.hpp"

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <stdexcept>

#include "core/schema.hpp"
#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/processes.hpp"

namespace runyard::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr char kUser[] = "postgres";

std::string program(const std::string& name) {
  static const std::string folder = [] {
    auto text = output_of({"pg_config", "--bindir"});
    return text.substr(0, text.find('\n'));
  }();
  return folder + "/" + name;
}

}  // namespace

OwnCluster::OwnCluster(std::string folder, ClusterOptions options)
    : folder_(std::move(folder)), options_(std::move(options)) {
  fs::create_directories(folder_);
  run_as_postgres({"true"});  // the user is there
  output_of({"chown", kUser, folder_});
  run_as_postgres({program("initdb"), "-D", data(), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                   "--no-sync", "--wal-segsize=1"});
  std::ofstream settings(data() + "/postgresql.conf", std::ios::app);
  settings << "listen_addresses = '" << options_.tcp_address << "'\n"
           << "port = " << kClusterPort << "\n"
           << "unix_socket_directories = '" << folder_ << "'\n"
           << "fsync = off\nmax_connections = 60\nautovacuum_naptime = 5s\n"
           << "idle_in_transaction_session_timeout = 30s\nlock_timeout = 10s\njit = off\n";
  for (const auto& setting : options_.settings) settings << setting << "\n";
  settings.close();
  std::ofstream(data() + "/pg_hba.conf", std::ios::app) << "host all all 0.0.0.0/0 trust\n";
  if (!start()) throw std::runtime_error("the cluster did not start; see " + folder_ + "/log");
  {
    pqxx::connection connection(local_options("postgres"));
    pqxx::nontransaction(connection).exec("create database runyard");
  }
  migrate(this->options(), source_path("sql/migrations"));
}

OwnCluster::~OwnCluster() {
  try {
    thaw();
    stop();
  } catch (const std::exception&) {
    // Background kills it.
  }
}

void OwnCluster::run_as_postgres(const std::vector<std::string>& argv) const {
  BackgroundOptions how;
  how.user = kUser;
  how.log = folder_ + "/log";
  Background child(argv, how);
  if (child.wait(60s) != 0) throw std::runtime_error(argv[0] + " failed; see " + folder_ + "/log");
}

std::string OwnCluster::local_options(const std::string& database) const {
  return "host=" + folder_ + " port=" + std::to_string(kClusterPort) + " user=" + kUser +
         " dbname=" + database + " connect_timeout=3";
}

std::string OwnCluster::tcp_options() const {
  return "host=" + options_.tcp_address + " port=" + std::to_string(kClusterPort) +
         " user=" + kUser + " dbname=runyard";
}

bool OwnCluster::start() {
  BackgroundOptions how;
  how.user = kUser;
  how.log = folder_ + "/log";
  how.end_with_test = SIGQUIT;  // ends its backends too
  how.environment = options_.environment;
  server_ = std::make_unique<Background>(
      std::vector<std::string>{program("postgres"), "-D", data()}, how);
  const auto answers = [this] {
    try {
      pqxx::connection connection(local_options("postgres"));
      return true;
    } catch (const std::exception&) {
      return !server_->alive();
    }
  };
  return await(answers, 120s, 50ms) && server_->alive();
}

void OwnCluster::stop() {
  if (!running()) return;
  server_->signal(SIGINT);
  if (server_->wait(20s) < 0) kill();
}

void OwnCluster::kill() {
  if (!running()) return;
  const auto family = family_of(pid());
  server_->signal(SIGKILL);
  server_->wait(10s);
  // Those that wait for a client see that their postmaster has died; the next one would not start
  // beside them.
  const auto gone = [&] {
    for (const auto process : family)
      if (fs::exists("/proc/" + std::to_string(process))) return false;
    return true;
  };
  if (await(gone, 10s, 20ms)) return;
  signal_all(family, SIGKILL);
  await(gone);
}

std::vector<pid_t> OwnCluster::backends() const {
  std::vector<pid_t> found;
  for (const auto process : children_of(pid())) {
    const auto arguments = arguments_of(process);
    // "postgres: user database address state": the server's own processes name no database.
    if (!arguments.empty() && arguments[0].find(" runyard ") != std::string::npos)
      found.push_back(process);
  }
  return found;
}

void OwnCluster::freeze() {
  if (!running()) return;
  server_->signal(SIGSTOP);  // first, so that it starts no others
  signal_all(family_of(pid()), SIGSTOP);
}

void OwnCluster::thaw() {
  if (running()) signal_all(family_of(pid()), SIGCONT);
}

std::string OwnCluster::sql(const std::string& statement) const {
  const auto found = rows(statement);
  return found.empty() || found[0].empty() ? std::string() : found[0][0];
}

std::vector<std::vector<std::string>> OwnCluster::rows(const std::string& statement) const {
  // The programs' patience is three seconds; the test's own need not be.
  pqxx::connection connection(options() + " connect_timeout=15");
  pqxx::nontransaction transaction(connection);
  std::vector<std::vector<std::string>> all;
  for (const auto& row : transaction.exec(statement)) {
    auto& texts = all.emplace_back();
    for (const auto& field : row) texts.emplace_back(field.is_null() ? "" : field.c_str());
  }
  return all;
}

}  // namespace runyard::test
