// The real runyard-cli against the running stack.
#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "core/ids.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/cli_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/services.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

/// A folder with programs, and a client that is started in it.
struct Desk {
  CliProcess::Setup setup(const std::string& input = "") const {
    CliProcess::Setup made;
    made.input = input;
    made.environment = {{"RUNYARD_URL", test_url()}};
    made.home = (folder.path() / "home").string();
    made.folder = folder.path().string();
    return made;
  }
  CliEnd run(std::vector<std::string> arguments, const std::string& input = "") const {
    arguments.insert(arguments.begin(), "run");
    return run_cli(std::move(arguments), setup(input));
  }
  CliEnd ask(std::vector<std::string> arguments, const std::string& input = "") const {
    return run_cli(std::move(arguments), setup(input));
  }

  TempDir folder;
};

std::string status_of(const std::string& id) {
  HttpClient client(test_url());
  return text_at(client.get(std::string(kExecutions) + "/" + id).json(), "status");
}

/// Of the newest execution in this language.
std::string newest(const std::string& language) {
  HttpClient client(test_url());
  const auto list = client.get(std::string(kExecutions) + "?limit=1&language=" + language).json();
  return text_at(list.find("executions")->array()->at(0), "execution_id");
}

std::ptrdiff_t line_count(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

TEST_CASE("cli: a program's output and exit code are the client's own") {
  const Desk desk;
  desk.folder.write("hello.py", "print('Hello')");
  const auto hello = desk.run({"hello.py"});
  CHECK(hello.out == "Hello\n");
  CHECK(hello.err.empty());
  CHECK(hello.exit_code == 0);

  desk.folder.write("all.py",
                    "import sys, lib.part\n"
                    "sys.stdout.buffer.write(b'\\x00\\xff\\x1b[1m' + sys.stdin.buffer.read())\n"
                    "sys.stderr.write(lib.part.word + ' ' + ' '.join(sys.argv[1:]))\n"
                    "sys.exit(7)\n");
  desk.folder.write("lib/part.py", "word = 'part'");
  const auto all = desk.run({"all.py", "lib/part.py", "--", "--json", "a b"}, "in\n\xc3\xa4");
  CHECK(all.out == std::string("\0\xff\x1b[1min\n\xc3\xa4", 11));
  CHECK(all.err == "part --json a b");
  CHECK(all.exit_code == 7);
}

TEST_CASE("cli: a program comes from standard input, its input from a file") {
  const Desk desk;
  desk.folder.write("in.txt", "from a file");
  const auto end = desk.run({"-", "--language", "python", "--stdin", "in.txt", "--env", "WHO=me"},
                            "import os; print(input(), os.environ['WHO'])");
  CHECK(end.out == "from a file me\n");
  CHECK(end.exit_code == 0);
  const auto nameless = desk.run({"-"}, "print(1)");
  CHECK(nameless.exit_code == 125);
  CHECK(nameless.err == "runyard-cli: -: the program's language is not known: use --language\n");
}

TEST_CASE("cli: signals, limits and compile errors have exit codes of their own") {
  const Desk desk;
  desk.folder.write("crash.py", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)");
  const auto crash = desk.run({"crash.py"});
  CHECK(crash.exit_code == 128 + SIGSEGV);
  CHECK_THAT(crash.err, contains("runyard-cli: RUNTIME_ERROR: "));
  CHECK(desk.run({"crash.py", "--quiet"}).err.find("runyard-cli") == std::string::npos);

  desk.folder.write("loop.py", "print('begun', flush=True)\nwhile True: pass");
  const auto loop = desk.run({"loop.py", "--time", "3s"});
  CHECK(loop.exit_code == 124);
  CHECK(loop.out == "begun\n");
  CHECK_THAT(loop.err, contains("_TIME: ") && contains("3000"));

  desk.folder.write("big.py",
                    "x = bytearray(200 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1");
  CHECK(desk.run({"big.py", "--memory", "64M"}).exit_code == 121);

  desk.folder.write("broken.c", "int main() { return nothing; }");
  const auto broken = desk.run({"broken.c"});
  CHECK(broken.exit_code == 126);
  CHECK(broken.out.empty());
  CHECK_THAT(broken.err, contains("broken.c") && contains("nothing"));
}

TEST_CASE("cli: output is there while the program runs, and Ctrl-C ends that program") {
  const Desk desk;
  desk.folder.write("endless.py",
                    "import time\nprint('begun', flush=True)\nwhile True: time.sleep(1)");
  CliProcess client({"run", "endless.py", "--time", "50s"}, desk.setup());
  client.await_output("begun\n");  // of a program that never ends by itself
  client.kill(SIGINT);
  const auto end = client.wait();
  CHECK(end.signal == SIGINT);
  CHECK_THAT(end.err, contains("runyard-cli: cancelling "));
  const auto at = end.err.find("cancelling ") + 11;
  CHECK(status_of(end.err.substr(at, 36)) == "CANCELLED");
}

TEST_CASE("cli: when the reader of the output is gone, the program is ended, quietly") {
  const Desk desk;
  desk.folder.write("endless.lua",
                    "while true do print('line'); io.flush(); os.execute('sleep 0.1') end");
  CliProcess client({"run", "endless.lua", "--time", "50s"}, desk.setup());
  client.await_output("line\n");
  client.close_output();
  const auto end = client.wait();
  CHECK(end.signal == SIGPIPE);
  CHECK(end.err.empty());
  const auto id = newest("lua");
  CHECK(await([&] { return status_of(id) == "CANCELLED"; }, std::chrono::seconds(20)));
}

TEST_CASE("cli: an API that is killed in the middle costs no byte and doubles none") {
  const Desk desk;
  const Stack stack;
  desk.folder.write(
      "count.py",
      "import time\nfor i in range(1000):\n  print(i, flush=True)\n  time.sleep(0.1)\n");
  CliProcess client({"run", "count.py", "--time", "50s"}, desk.setup());
  client.await_output("3\n");
  const auto old = stack.kill("api", SIGKILL);
  CHECK(await([&] { return stack.back("api", old); }, std::chrono::seconds(30)));
  // Written after the API died, and here before the program's end.
  client.await_output("\n60\n");
  CHECK(status_of(newest("python")) == "RUNNING");
  client.kill(SIGINT);
  const auto end = client.wait();
  std::string all;
  for (int i = 0; i < 1000; ++i) all += std::to_string(i) + "\n";
  CHECK(end.out == all.substr(0, end.out.size()));
  CHECK(end.signal == SIGINT);
  // Others begin with a whole stack.
  HttpClient http(test_url());
  CHECK(await([&] { return http.get("/ready").status == 200; }, std::chrono::seconds(30)));
}

TEST_CASE("cli: tests have a verdict each, failed ones a difference") {
  const Desk desk;
  desk.folder.write("double.py", "print(int(input()) * 2)");
  desk.folder.write("cases/t1.in", "1\n");
  desk.folder.write("cases/t1.out", "2\n");
  desk.folder.write("cases/t2.in", "4\n");
  desk.folder.write("cases/t2.out", "8\n");
  const auto right = desk.run({"double.py", "--tests", "cases"});
  INFO(right.out << right.err);
  CHECK(right.exit_code == 0);
  CHECK_THAT(right.out, contains("PASSED") && contains("  t1\n") && contains("  t2\n") &&
                            contains("\n2 of 2 tests passed\n"));
  desk.folder.write("t.json", R"([{"name":"good","stdin":"1","expected_output":"2"},
                                  {"name":"bad","stdin":"2","expected_output":"5"}])");
  const auto wrong = desk.run({"double.py", "--tests", "t.json", "--checker", "exact"});
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.out, contains("\nbad: WRONG_ANSWER") && contains("    -5\n") &&
                            contains("    +4\n") && contains("of 2 tests passed\n"));
  CHECK(wrong.err.empty());
}

TEST_CASE("cli: --json prints the API's object, --detach the id, history both") {
  const Desk desk;
  desk.folder.write("a.py", "print('one'); exit(3)");
  const auto shown = desk.run({"a.py", "--json"});
  CHECK(shown.exit_code == 3);
  const auto execution = json::parse(shown.out);
  const auto id = text_at(execution, "execution_id");
  CHECK(text_at(execution, "stdout") == "one\n");
  HttpClient http(test_url());
  CHECK(shown.out == http.get(std::string(kExecutions) + "/" + id).body + "\n");

  const auto detached = desk.run({"a.py", "--detach"});
  CHECK(detached.exit_code == 0);
  const auto other = detached.out.substr(0, 36);
  CHECK(is_uuid(other));
  wait_for_end(http, other);

  const auto history = desk.ask({"history", "--limit", "2"});
  CHECK(history.exit_code == 0);
  CHECK_THAT(history.out, contains(id) && contains(other) && contains("FAILED RUNTIME_ERROR"));
  CHECK(line_count(history.out) == 3);
  const auto one = desk.ask({"history", id});
  CHECK_THAT(one.out, contains("exit code  3\n") && contains("\nstdout:\none\n"));
  CHECK(text_at(json::parse(desk.ask({"history", id, "--json"}).out), "execution_id") == id);
  CHECK_THAT(desk.ask({"history", "--status", "DONE"}).err,
             contains("runyard-cli: status: must be one of"));
  CHECK(desk.ask({"history", "--status", "DONE"}).exit_code == 125);
}

TEST_CASE("cli: languages are listed") {
  const Desk desk;
  const auto table = desk.ask({"languages"});
  CHECK(table.exit_code == 0);
  CHECK_THAT(table.out, contains("python ") && contains("main.py") && contains("py"));
  const auto languages = json::parse(desk.ask({"languages", "--json"}).out);
  CHECK(languages.find("languages")->array()->size() > 30);
}

TEST_CASE("cli: artifacts are saved, and one that did not come is told of") {
  const Desk desk;
  desk.folder.write("draw.py", "open('a.bin', 'wb').write(bytes(range(256)))");
  const auto end =
      desk.run({"draw.py", "--artifact", "a.bin", "--artifact", "b.bin", "--artifacts", "saved"});
  CHECK(end.exit_code == 0);
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK(desk.folder.read("saved/a.bin") == bytes);
  CHECK_THAT(end.err, contains("runyard-cli: artifact b.bin: "));
}

TEST_CASE("cli: who signs in runs as that user, until signing out") {
  const Desk desk;
  HttpClient http(test_url());
  const auto name = "cli-" + random_hex(6);
  REQUIRE(http.post("/api/v1/auth/register", R"({"email":")" + name +
                                                 R"(@example.com","username":")" + name +
                                                 R"(","password":"correct horse","full_name":""})")
              .status == 201);
  const auto refused = desk.ask({"login", "--user", name}, "wrong horse\n");
  CHECK(refused.exit_code == 125);
  CHECK_THAT(refused.err, contains("the name or the password is wrong"));

  const auto login = desk.ask({"login"}, name + "\ncorrect horse\n");
  INFO(login.err);
  CHECK(login.exit_code == 0);
  CHECK_THAT(login.out, contains("Signed in as " + name));
  const auto settings = desk.folder.read("home/.config/runyard/cli.conf");
  CHECK(settings.find("horse") == std::string::npos);
  const auto at = settings.find("key = ") + 6;
  const auto key = settings.substr(at, settings.find('\n', at) - at);
  const auto path = desk.folder.path() / "home/.config/runyard/cli.conf";
  CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

  desk.folder.write("a.py", "print('mine')");
  const auto id = desk.run({"a.py", "--detach"}).out.substr(0, 36);
  CHECK(http.get(std::string(kExecutions) + "/" + id).status == 404);
  CHECK(http.get(std::string(kExecutions) + "/" + id, {"X-API-Key: " + key}).status == 200);
  CHECK_THAT(desk.ask({"history"}).out, contains(id));

  // A second one replaces the first key.
  CHECK(desk.ask({"login", "--user", name}, "correct horse\n").exit_code == 0);
  CHECK(await([&] { return http.get(kExecutions, {"X-API-Key: " + key}).status == 401; }));
  const auto second = desk.folder.read("home/.config/runyard/cli.conf");
  const auto not_yet = desk.ask({"logout"}, "wrong horse\n");
  CHECK(not_yet.exit_code == 125);
  CHECK(desk.folder.read("home/.config/runyard/cli.conf") == second);
  const auto logout = desk.ask({"logout"}, "correct horse\n");
  INFO(logout.err);
  CHECK(logout.exit_code == 0);
  const auto second_key = second.substr(second.find("key = ") + 6, 67);
  CHECK(await([&] { return http.get(kExecutions, {"X-API-Key: " + second_key}).status == 401; }));
  CHECK(desk.folder.read("home/.config/runyard/cli.conf").find("key") == std::string::npos);
  CHECK_THAT(desk.ask({"logout"}).err, contains("nobody is signed in"));
  CHECK_THAT(desk.ask({"login", "--key"}, second_key + "\n").err,
             contains("does not take the key"));
}

TEST_CASE("cli: what the server refuses is a line for each field") {
  const Desk desk;
  desk.folder.write("a.py", "print(1)");
  const auto both = desk.run({"a.py", "--language", "pyton", "--time", "10m", "--quiet"});
  CHECK(both.exit_code == 125);
  CHECK(both.out.empty());
  CHECK_THAT(both.err, contains("runyard-cli: language: \"pyton\" is not a known language") &&
                           contains("runyard-cli: limits.wall_ms: "));
  desk.folder.write("a.unknown", "");
  struct Wrong {
    std::vector<std::string> arguments;
    const char* text;
    int exit_code;
  };
  for (const auto& wrong : std::vector<Wrong>{
           {{"run", "a.unknown"}, "no language is known by the suffix .unknown", 125},
           {{"run", "none.py"}, "none.py: No such file", 127},
           {{"run", "a.py", "--tests", "none"}, "none: No such file", 127},
           {{"history", "x"}, "\"x\" is not the id of an execution", 125},
           {{"history", "01a1fca6-dc60-7000-84fb-17ee43d4ec3c"}, "there is no such execution", 125},
           {{"run", "a.py", "--problem", "x"}, "\"x\" is not the id of a problem", 125},
           {{"--url", "localhost", "languages"},
            "--url: \"localhost\" must begin with http",
            125}}) {
    const auto end = run_cli(wrong.arguments, desk.setup());
    INFO(end.err);
    CHECK_THAT(end.err, contains(wrong.text));
    CHECK(line_count(end.err) == 1);
    CHECK(end.exit_code == wrong.exit_code);
  }
  const auto bytes = desk.run({"a.py"}, "\xff");
  CHECK(bytes.exit_code == 125);
  CHECK(bytes.err == "runyard-cli: stdin: is not UTF-8 text, as the API takes it\n");
  const auto large = desk.run({"a.py"}, std::string(2 << 20, 'x'));
  CHECK(large.exit_code == 125);
  CHECK_THAT(large.err, contains("runyard-cli: stdin: ") && contains("1048576"));
}

TEST_CASE("cli: a problem is answered by its id") {
  const Desk desk;
  HttpClient http(test_url());
  const auto made =
      http.post("/api/v1/problems",
                R"({"title":"double","tests":[{"name":"one","stdin":"1","expected_output":"2"}]})");
  REQUIRE(made.status == 201);
  const auto id = text_at(made.json(), "problem_id");
  desk.folder.write("double.py", "print(int(input()) * 2)");
  const auto end = desk.run({"double.py", "--problem", id});
  CHECK(end.exit_code == 0);
  CHECK_THAT(end.out, contains("1 of 1 test passed"));
  CHECK(http.send("DELETE", "/api/v1/problems/" + id).status == 204);
}
