// What cannot work ends every program at its start, with one line that says what and where.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <pqxx/pqxx>
#include <system_error>

#include "core/schema.hpp"
#include "core/unique_fd.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

struct Refusal {
  int exit_code = -1;  ///< -1: it had to be killed
  std::string line;    ///< all that it said
};

/// A program that needs a database, and what it needs besides to come as far as that.
struct Program {
  std::string path;  ///< below RUNYARD_TEST_BIN
  std::vector<std::string> arguments;
};

class Site final {
 public:
  std::vector<Program> programs() const {
    return {{"fcgi-app/runyard-api", {"--languages_dir=" + source_path("docker/languages")}},
            {"gateway/runyard-gateway", {"--listen=unix:" + place("gateway.sock")}},
            {"worker/runyard-worker", {"--state_dir=" + folder.path().string()}},
            {"core/runyard-migrate", {"--migrations_dir=" + source_path("sql/migrations")}}};
  }
  std::string place(const std::string& name) const { return (folder.path() / name).string(); }

  /// Starts it with this setting and waits for its end. `meanwhile` is called, more than once,
  /// until then.
  Refusal start(
      const Program& program, const std::string& setting,
      const std::function<void()>& meanwhile = [] {}) const {
    const char* bin = std::getenv("RUNYARD_TEST_BIN");
    if (!bin) throw std::runtime_error("RUNYARD_TEST_BIN is not set: run ./runyard test");
    std::vector<std::string> words{std::string(bin) + "/" + program.path, setting};
    words.insert(words.end(), program.arguments.begin(), program.arguments.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    // runyard-api takes its requests from fd 0.
    const auto listening = listen_on(place("api.sock"));
    const UniqueFd out(
        ::open(place("said").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
      ::dup2(listening.get(), STDIN_FILENO);
      ::dup2(out.get(), STDOUT_FILENO);
      ::dup2(out.get(), STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    int status = 0;
    const bool ended = await([&] {
      meanwhile();
      return ::waitpid(pid, &status, WNOHANG) == pid;
    });
    if (!ended) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
    }
    ::unlink(place("api.sock").c_str());
    return {ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1, folder.read("said")};
  }

  TempDir folder;
};

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto before = text.rfind('\n', end);
  return text.substr(before == std::string::npos ? 0 : before + 1);
}

/// It is one line, and all of these stand in it.
void check_says(const Refusal& refusal, int exit_code, const std::vector<std::string>& parts) {
  INFO(refusal.line);
  CHECK(refusal.exit_code == exit_code);
  CHECK(std::count(refusal.line.begin(), refusal.line.end(), '\n') == 1);
  for (const auto& part : parts) CHECK_THAT(refusal.line, contains(part));
}

bool migrates(const Program& program) { return program.path.find("migrate") != std::string::npos; }

/// With 503, until `start_wait_s` is over.
bool answers_without_database(const Program& program) {
  return program.path.find("api") != std::string::npos ||
         program.path.find("gateway") != std::string::npos;
}

}  // namespace

TEST_CASE("an unknown setting and a wrong unit stop every program, with the file's line") {
  const Site site;
  for (const auto& program : site.programs()) {
    INFO(program.path);
    site.folder.write("unknown.conf", "# a comment\ndb = dbname=x\nno_such_setting = 3\n");
    check_says(site.start(program, "--config=" + site.place("unknown.conf")), 2,
               {site.place("unknown.conf") + ":3", "no setting no_such_setting"});
    if (migrates(program)) continue;  // it has no numbers
    site.folder.write("unit.conf", "drain_s = 5 min\n");
    check_says(site.start(program, "--config=" + site.place("unit.conf")), 2,
               {site.place("unit.conf") + ":1", "drain_s must be an integer", "\"5 min\""});
  }
}

TEST_CASE("a settings file that is away or a folder stops every program") {
  const Site site;
  for (const auto& program : site.programs()) {
    INFO(program.path);
    check_says(site.start(program, "--config=" + site.place("none.conf")), 2,
               {site.place("none.conf"), "cannot be read"});
    check_says(site.start(program, "--config=" + site.folder.path().string()), 2,
               {site.folder.path().string(), "cannot be read"});
  }
}

TEST_CASE("an older and a newer schema stop every program, with the database's name") {
  const Site site;
  const TempDatabase older;
  older.sql("delete from schema_version where version > 1");
  const TempDatabase newer;
  newer.sql("insert into schema_version values (999, 'from the future')");
  for (const auto& program : site.programs()) {
    INFO(program.path);
    const auto future = site.start(program, "--db=" + newer.options());
    check_says(future, 2, {"db: ", newer.sql("select current_database()"), "999"});
    if (migrates(program)) continue;
    check_says(future, 2, {std::to_string(kSchemaVersion), "newer programs"});
    check_says(site.start(program, "--db=" + older.options()), 2,
               {"db: ", older.sql("select current_database()"), "version 1,", "runyard-migrate"});
  }
}

TEST_CASE("a connection string that is none stops every program") {
  const Site site;
  for (const auto& program : site.programs()) {
    INFO(program.path);
    check_says(site.start(program, "--db=hots=/tmp dbname=x"), 2, {"db: ", "\"hots\""});
  }
}

TEST_CASE("no program starts without its database, and each says where it is not") {
  const Site site;
  for (auto program : site.programs()) {
    if (answers_without_database(program)) program.arguments.push_back("--start_wait_s=0");
    INFO(program.path);
    check_says(site.start(program, "--db=host=/nonexistent dbname=x"), 1,
               {program.path.substr(program.path.find('/') + 1), "/nonexistent"});
    check_says(site.start(program, "--db=" + test_cluster() + " dbname=no_such_database"), 1,
               {"no_such_database"});
  }
}

TEST_CASE("a database that does not come stops the API and the gateway, which waited for it") {
  const Site site;
  for (auto program : site.programs()) {
    if (!answers_without_database(program)) continue;
    INFO(program.path);
    program.arguments.push_back("--start_wait_s=1");
    const auto refusal = site.start(program, "--db=host=/nonexistent dbname=x");
    INFO(refusal.line);
    CHECK(refusal.exit_code == 1);
    CHECK_THAT(refusal.line, contains("started without a database"));
    CHECK_THAT(last_line(refusal.line), contains("runyard-") && contains("/nonexistent"));
  }
}

TEST_CASE("a database that comes with an older schema stops the API and the gateway") {
  const Site site;
  const TempDatabase base;
  base.sql("delete from schema_version where version > 1");
  const auto name = base.sql("select current_database()");
  for (const auto& program : site.programs()) {
    if (!answers_without_database(program)) continue;
    INFO(program.path);
    pqxx::connection cluster(test_cluster());
    pqxx::nontransaction(cluster).exec("alter database " + name + " rename to " + name + "_away");
    bool came = false;
    const auto refusal = site.start(program, "--db=" + base.options(), [&] {
      if (came || site.folder.read("said").find("started without a database") == std::string::npos)
        return;
      pqxx::nontransaction(cluster).exec("alter database " + name + "_away rename to " + name);
      came = true;
    });
    INFO(refusal.line);
    REQUIRE(came);
    CHECK(refusal.exit_code == 2);
    CHECK_THAT(last_line(refusal.line), contains("version 1,") && contains("runyard-migrate"));
  }
}

TEST_CASE("a place where another process listens stops the gateway") {
  const Site site;
  const TempDatabase base;
  const auto taken = listen_on(site.place("taken.sock"));
  const Program gateway{"gateway/runyard-gateway", {"--listen=unix:" + site.place("taken.sock")}};
  check_says(site.start(gateway, "--db=" + base.options()), 2,
             {"listen: unix:" + site.place("taken.sock"), "another process listens there"});
}
