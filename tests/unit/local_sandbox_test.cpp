#include "worker/local_sandbox.hpp"

#include <algorithm>

#include "agent/local_usage.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

using Words = std::vector<std::string>;

bool has(const Words& argv, const Words& part) {
  return std::search(argv.begin(), argv.end(), part.begin(), part.end()) != argv.end();
}

LocalSettings settings() {
  LocalSettings local;
  local.bwrap = "/usr/bin/bwrap";
  local.agent = "/opt/runyard-agent-local";
  return local;
}

Language compiled() {
  Language language;
  language.id = language.image = "cpp";
  language.source = "main.cpp";
  language.compile = CompileStep{};
  language.compile->argv = {"g++", "-I/opt/pch", "{sources}"};
  language.run_argv = {"./main"};
  language.bare_compile = {"g++", "-O2", "-o", "main", "main.cpp"};
  language.bare_run = {"./main"};
  return language;
}

}  // namespace

TEST_CASE("a local sandbox has its own namespaces, reads the host's programs, writes to itself") {
  const auto argv = run_local_sandbox(settings(), {"local", 131072, 64, 1.0}).argv;
  CHECK(argv.front() == "/usr/bin/bwrap");
  for (const auto& part :
       std::vector<Words>{{"--unshare-all"},
                          {"--die-with-parent"},
                          {"--as-pid-1"},
                          {"--clearenv"},
                          {"--unshare-user", "--disable-userns"},
                          {"--remount-ro", "/dev"},
                          {"--ro-bind-try", "/usr", "/usr"},
                          {"--size", "67108864", "--perms", "1777", "--tmpfs", "/box"},
                          {"--remount-ro", "/", "--", "/runyard/agent", "134217728"}})
    CHECK(has(argv, part));
  CHECK_FALSE(has(argv, {"--bind"}));
  CHECK(std::count(argv.begin(), argv.end(), "/home") == 0);
}

TEST_CASE("a local sandbox hides what is the service's own in a folder that it sees") {
  auto local = settings();
  // These are on every Debian.
  hide_secrets(local, "/etc/alternatives/worker.conf",
               "host=/etc/pam.d passfile='/etc/passwd' sslkey=/etc/nothing user=x",
               {"/run", "/etc/skel", "/etc/skel/inside", "/nowhere", "", "/usr/bin", "/etc"});
  const auto& folders = local.hidden_folders;
  for (const auto* place : {"/etc/alternatives", "/etc/pam.d", "/etc/skel"})
    CHECK(std::count(folders.begin(), folders.end(), place) == 1);
  // Not what no sandbox sees, and none that it cannot do without.
  for (const auto* place : {"/run", "/usr/bin", "/etc", "/nowhere", ""})
    CHECK(std::count(folders.begin(), folders.end(), place) == 0);
  CHECK(local.hidden_files == Words{"/etc/passwd"});
  const auto argv = run_local_sandbox(local, {"local", 131072, 64, 1.0}).argv;
  CHECK(has(argv, {"--tmpfs", "/etc/skel", "--remount-ro", "/etc/skel"}));
  CHECK(has(argv, {"--ro-bind", "/dev/null", "/etc/passwd"}));
}

TEST_CASE("a settings file beside what every program needs is hidden alone") {
  auto local = settings();
  hide_secrets(local, "/etc/hostname", "postgresql:///x?host=/etc/skel&user=y", {});
  CHECK(local.hidden_files == Words{"/etc/hostname"});
  CHECK(std::count(local.hidden_folders.begin(), local.hidden_folders.end(), "/etc/skel") == 1);
  auto inside = settings();
  hide_secrets(inside, "/etc/skel/.profile", "", {});
  CHECK(inside.hidden_files.empty());
  auto none = settings();
  hide_secrets(none, "", "", {});
  CHECK(none.hidden_files.empty());
}

TEST_CASE("root starts local sandboxes as nobody") {
  auto root = settings();
  root.as_root = true;
  const auto argv = run_local_sandbox(root, {"local", 131072, 64, 1.0}).argv;
  CHECK(has(argv, {"--reuid=65534", "--regid=65534", "--clear-groups", "--", "/usr/bin/bwrap"}));
}

TEST_CASE("on the host a language is run as anybody would type it") {
  const auto cpp = as_on_host(compiled());
  CHECK(cpp.compile->argv == Words{"g++", "{compile_args}", "-O2", "-o", "main", "{sources}"});
  CHECK(cpp.run_argv == Words{"./main"});
  auto java = compiled();
  java.source = "Main.java";
  java.bare_compile = {"javac", "Main.java"};
  java.bare_run = {"java", "Main"};
  CHECK(as_on_host(java).compile->argv == Words{"javac", "{compile_args}", "{sources}"});
  CHECK(as_on_host(java).run_argv == Words{"java", "{stem}"});
  auto python = compiled();
  python.compile.reset();
  python.source = "main.py";
  python.bare_run = {"python3", "main.py"};
  CHECK(as_on_host(python).run_argv == Words{"python3", "{source}"});
  python.bare_run.clear();
  python.run_argv = {"python3", "-x", "{source}"};
  CHECK(as_on_host(python).run_argv == python.run_argv);
}

TEST_CASE("the languages of a host are those whose programs it has") {
  auto old = compiled();
  old.version = "12";
  old.is_default = false;
  auto foreign = compiled();
  foreign.id = "mine";
  foreign.image_reference = "mine:1";
  auto missing = compiled();
  missing.id = missing.image = "go";
  missing.bare_compile = {"go", "build"};
  const auto found = languages_on_host(LanguageCatalog({compiled(), old, foreign, missing}),
                                       [](const std::string& program) { return program == "g++"; });
  REQUIRE(found.every_version().size() == 1);
  CHECK(found.all()[0].id == "cpp");
  CHECK(local_images(found) == std::map<std::string, std::string>{{"cpp", "local"}});
  CHECK(is_program_on_host("sh"));
  CHECK_FALSE(is_program_on_host("no-such-program-anywhere"));
}

TEST_CASE("a line of /proc/PID/stat is read behind the name, whatever that is") {
  const auto stat = agent::parse_stat(
      "7 (a) S (b) 9) S 1 7 7 0 -1 4194560 100 0 0 0 11 22 33 44 20 0 5 0 1 2 3\n");
  REQUIRE(stat);
  CHECK(stat->ticks == 110);
  CHECK(stat->threads == 5);
  CHECK_FALSE(agent::parse_stat(""));
  CHECK_FALSE(agent::parse_stat("7 (a) S 1 7"));
  CHECK_FALSE(agent::parse_stat("7 (a)"));
}
