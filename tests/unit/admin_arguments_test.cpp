// What runyard-admin says before it has looked at any database.
#include <fstream>

#include "tests/support/admin_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kNobody[] = "--db=host=/nonexistent dbname=x";
constexpr char kId[] = "01890000-0000-7000-8000-000000000000";

struct Wrong {
  std::vector<std::string> arguments;
  std::string says;
};

}  // namespace

TEST_CASE("help names all commands and settings, and needs no database") {
  const auto help = run_admin({"--help"});
  CHECK(help.code == 0);
  CHECK(help.err.empty());
  for (const char* word :
       {"user", "key", "quota", "worker", "queue", "history", "webhook", "RUNYARD_NAME", "db"})
    CHECK_THAT(help.out, contains(word));
  CHECK(run_admin({"--db=whatever", "-h"}).out == help.out);
}

TEST_CASE("what could not be written is a failure") {
  std::ofstream full("/dev/full");
  std::ostringstream err;
  admin::Console console(-1, full, err);
  CHECK(admin::run({{"--help"}, {}}, console) == 1);
  CHECK(err.str() == "runyard-admin: stdout: No space left on device\n");
}

TEST_CASE("a command's help names what it takes") {
  const auto noun = run_admin({"user", "--help"});
  CHECK(noun.code == 0);
  for (const char* word : {"add", "list", "password", "disable", "enable", "remove"})
    CHECK_THAT(noun.out, contains(word));
  const auto verb = run_admin({"worker", "drain", "--help"});
  CHECK(verb.code == 0);
  for (const char* word : {"WORKER", "--wait", "runyard-admin worker drain"})
    CHECK_THAT(verb.out, contains(word));
}

TEST_CASE("wrong usage is one line that says what is wrong, exit code 2") {
  const std::vector<Wrong> wrong = {
      {{}, "needs a command: one of user, key"},
      {{"usr", "list"}, "there is no command \"usr\": one of user, key"},
      {{"user"}, "runyard-admin user needs a command: one of add, list"},
      {{"user", "lst"}, "runyard-admin user: there is no command \"lst\": one of add"},
      {{"user", "add", "--email", "a@b.c"}, "runyard-admin user add: NAME is required"},
      {{"user", "add", "anna"}, "--email is required"},
      {{"user", "list", "--jsn"}, "--jsn"},
      {{"user", "list", "anna"}, "anna"},
      {{"history", "retain"}, "DAYS is required"},
      {{"history", "retain", "0"}, "Value 0 not in range"},
      {{"history", "retain", "soon"}, "soon"},
      {{"history", "make-partitions", "--ahead", "-1"}, "not in range"},
      {{"queue", "show", "--most", "x"}, "x"},
      {{"worker", "drain"}, "WORKER is required"},
      {{"worker", "drain", "h", "--wait=soon"}, "soon"},
  };
  for (const auto& [arguments, says] : wrong) {
    const auto run = run_admin(arguments);
    INFO(run.err);
    CHECK(run.code == 2);
    CHECK(run.out.empty());
    CHECK(is_one_line(run.err));
    CHECK_THAT(run.err, contains(says));
    CHECK(run.err.rfind("runyard-admin", 0) == 0);
  }
}

TEST_CASE("settings come by file, variable and flag, and wrong ones are named") {
  const TempDir folder;
  const auto file = folder.path() / "admin.conf";
  std::ofstream(file) << "db = host=/nonexistent-file dbname=x\nmigrations_dir = /x\n";
  const auto error = [&](std::vector<std::string> arguments,
                         std::map<std::string, std::string> environment = {}) {
    arguments.insert(arguments.end(), {"user", "list"});
    const auto run = run_admin(arguments, "", std::move(environment));
    CHECK(is_one_line(run.err));
    return std::to_string(run.code) + " " + run.err;
  };
  CHECK_THAT(error({"--config=" + file.string()}), contains("/nonexistent-file"));
  CHECK_THAT(error({"--config=" + file.string()}, {{"RUNYARD_DB", "host=/nonexistent-variable"}}),
             contains("/nonexistent-variable"));
  CHECK_THAT(error({kNobody}, {{"RUNYARD_DB", "host=/nonexistent-variable"}}),
             contains("1 runyard-admin"));
  CHECK_THAT(error({kNobody}), contains("/nonexistent"));
  CHECK_THAT(error({"--dbb=x"}), contains("2 runyard-admin: --dbb: there is no such setting"));
  CHECK_THAT(error({"--json"}),
             contains("2 runyard-admin: --json: is not of the form --name=value"));
  CHECK_THAT(error({"--config=/nonexistent"}),
             contains("2 runyard-admin: /nonexistent: cannot be read"));
  CHECK_THAT(error({"--db=hst=/nonexistent"}), contains("2 runyard-admin: db: "));
  std::ofstream(file) << "dbb = x\n";
  CHECK_THAT(error({"--config=" + file.string()}), contains(":1: there is no setting dbb"));
}
