// SECURITY.md's group "Processes": what stays, what hides, what tries to be somebody else.
#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

TEST_CASE("processes: a daemon does not outlive its program") {
  Attack("processes/daemon.c").prints("main\n").run();
}

TEST_CASE("processes: nohup does not outlive its program") {
  Attack("processes/nohup.sh").prints("main\n").run();
}

TEST_CASE("processes: nobody waits for a child that holds stdout") {
  const auto ended =
      Attack("processes/late_writer.c").limit("wall_ms", 8000).prints("main\n").run();
  CHECK(ended.number("execution_time") < 1900);  // the child would write after 2 s
}

TEST_CASE("processes: programs that stop themselves meet the wall limit") {
  Attack("processes/stop_all.py").limit("wall_ms", 700).ends_as({"WALL_TIME"}).run();
}

TEST_CASE("processes: signals to everybody reach nobody but the job") {
  const auto ended =
      Attack("processes/kill_everyone.py").ends_as({"RUNTIME_ERROR"}).prints("").run();
  CHECK(ended.number("signal") == 9);  // the only one of them that it does not ignore
}

TEST_CASE("processes: siblings by CLONE_PARENT do not decide the exit code") {
  const auto ended = Attack("processes/clone_parent.c").prints("main\n").run();
  CHECK(ended.number("exit_code") == 0);
}

TEST_CASE("processes: no new namespace can be made or entered") {
  Attack("processes/namespaces.c").held().run();
}

TEST_CASE("processes: nothing can be mounted") { Attack("processes/mounts.c").held().run(); }

TEST_CASE("processes: a mount by main is a forbidden system call") {
  const auto ended = Attack("processes/mount.c").ends_as({"FORBIDDEN_SYSCALL"}).prints("").run();
  CHECK(ended.number("signal") == 31);
}

TEST_CASE("processes: nobody becomes root or gets a capability") {
  Attack("processes/become_root.c").held().run();
}

TEST_CASE("processes: setuid programs run as the job's user") {
  Attack("processes/setuid_programs.py").limit("wall_ms", 8000).held().run();
}

TEST_CASE("processes: a program's own SIGKILL is no limit") {
  const auto ended = Attack("processes/own_sigkill.py").ends_as({"RUNTIME_ERROR"}).run();
  CHECK(ended.number("signal") == 9);
  CHECK(ended.at("exit_code")->is_null());
}
