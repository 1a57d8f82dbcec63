// A disk that is full: the database's while it works, and everybody's when they start.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/chaos_run.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/small_disk.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

std::string program(const std::string& name) {
  const char* bin = std::getenv("RUNYARD_TEST_BIN");
  if (!bin) throw std::runtime_error("RUNYARD_TEST_BIN is not set: run ./runyard test chaos");
  return std::string(bin) + "/" + name;
}

/// The cluster is another user's.
void open_to_postgres(const TempDir& folder) {
  std::filesystem::permissions(folder.path(), std::filesystem::perms::others_exec,
                               std::filesystem::perm_options::add);
}

/// It ends by itself, with one line that holds all of these.
void check_refuses(const std::vector<std::string>& words, const std::vector<std::string>& parts) {
  const TempDir folder;
  const auto listening = listen_on((folder.path() / "api.sock").string());
  BackgroundOptions how;
  how.log = (folder.path() / "said").string();
  how.input = listening.get();
  Background refused(words, how);
  const int code = refused.wait(20s);
  const auto said = folder.read("said");
  INFO(words[0] << " ended with " << code << ":\n" << said);
  CHECK((code == 1 || code == 2));
  CHECK(std::count(said.begin(), said.end(), '\n') == 1);
  for (const auto& part : parts) CHECK_THAT(said, contains(part));
}

}  // namespace

TEST_CASE("the database's disk is full for ten seconds") {
  const TempDir folder;
  const SmallDisk disk((folder.path() / "disk").string(), "size=110m,mode=755");
  open_to_postgres(folder);
  RunOptions options;
  options.may_repeat_attempts = true;  // without room for its log the server crashes
  options.site.cluster_folder = disk.place("pg");
  options.site.cluster.settings = {"max_wal_size = 8MB", "min_wal_size = 2MB"};
  ChaosRun run("disk of PostgreSQL full for 10 s", options);
  disk.fill();
  // Who submits is told to come again, sooner or later: what is free inside of tables is used up.
  CHECK(await([&] { return run.load->answers()[503] >= 4; }, 60s, 50ms));
  std::this_thread::sleep_for(10s);  // how long it is full is the fault
  disk.free();
  // It may have ended in want of room, or be about to.
  const auto serves = [&run] {
    auto& cluster = run.site.cluster();
    return run.results() >= 0 || (!cluster.running() && cluster.start());
  };
  CHECK(await(serves, 120s, 100ms));
  run.recovered();
  CHECK(run.await_results(10));
  CHECK(run.load->answers()[500] == 0);
  run.check();
}

TEST_CASE("a full disk at the start is one line that says what and where") {
  const TempDir folder;
  open_to_postgres(folder);
  const SmallDisk disk((folder.path() / "disk").string(), "size=100k,nr_inodes=20,mode=755");
  disk.fill();
  const std::string why = "No space left on device";
  const OwnCluster cluster((folder.path() / "pg").string());
  const std::string db = "--db=" + cluster.options();
  check_refuses({program("worker/runyard-worker"), db, "--state_dir=" + disk.place("")},
                {"runyard-worker", disk.place("worker-0.lock"), why});
  check_refuses({program("worker/runyard-worker"), db, "--state_dir=" + disk.place("new/folder")},
                {"runyard-worker", disk.place("new"), why});
  check_refuses(
      {program("fcgi-app/runyard-api"), db, "--languages_dir=" + source_path("docker/languages"),
       "--token_secret_file=" + disk.place("secret")},
      {"token_secret_file", disk.place("secret"), why});
  check_refuses({program("gateway/runyard-gateway"), db, "--listen=unix:" + disk.place("socket")},
                {"listen", disk.place("socket"), why});
}

TEST_CASE("a database whose disk is full stops its migration with one line") {
  const TempDir folder;
  const SmallDisk disk((folder.path() / "disk").string(), "size=110m,mode=755");
  open_to_postgres(folder);
  OwnCluster cluster(disk.place("pg"));
  cluster.sql("create database empty");
  const auto empty = cluster.options() + " dbname=empty";
  output_of({"psql", empty, "-c", "select 1"});  // the first connection writes a file of its own
  // The log has a segment to write on: without, the server crashes before it can tell.
  output_of(
      {"psql", cluster.options(), "-c", "select pg_switch_wal()", "-c", "create table written ()"});
  disk.fill();
  check_refuses({program("core/runyard-migrate"), "--db=" + empty,
                 "--migrations_dir=" + source_path("sql/migrations")},
                {"runyard-migrate", "database empty at", "No space left on device"});
  disk.free();
}
