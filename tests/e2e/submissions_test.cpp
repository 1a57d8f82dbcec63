// What can be asked for in a submission, through the whole stack.
#include <algorithm>
#include <chrono>
#include <thread>

#include "core/text.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ended.hpp"
#include "tests/support/event_listener.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

/// Verdicts of the tests, in order.
std::string verdicts(const Ended& ended) {
  std::string out;
  for (const auto& test : *ended.at("tests")->array())
    out += (out.empty() ? "" : " ") + text_at(test, "verdict");
  return out;
}

Ended run_tests(const std::string& checker, const std::string& printed,
                const std::vector<std::string>& expected) {
  json::Writer tests;
  tests.begin_array();
  for (const auto& text : expected)
    tests.begin_object().member("expected_output", text).end_object();
  tests.end_array();
  json::Writer code;
  code.string(printed);
  return run("python", "print(" + code.text() + ", end='')",
             "\"checker\":" + checker + ",\"tests\":" + tests.text());
}

std::string base64_of(const Ended& ended, const std::string& stream) {
  HttpClient client(test_url(), kOwner);
  const auto answer =
      client.get(std::string(kExecutions) + "/" + ended.text("execution_id") + "?encoding=base64");
  REQUIRE(answer.status == 200);
  const auto bytes = base64_decode(text_at(answer.json(), stream));
  REQUIRE(bytes);
  return *bytes;
}

std::string status_of(HttpClient& client, const std::string& id) {
  return text_at(client.get(std::string(kExecutions) + "/" + id).json(), "status");
}

}  // namespace

TEST_CASE("checker exact: every byte counts") {
  const auto ended = run_tests("\"exact\"", "a b\n", {"a b\n", "a b", "a  b\n"});
  CHECK(verdicts(ended) == "PASSED WRONG_ANSWER WRONG_ANSWER");
  CHECK(ended.verdict() == "WRONG_ANSWER");
}

TEST_CASE("checker trim: spaces at the ends of lines and lines at the end do not count") {
  CHECK(verdicts(run_tests("\"trim\"", "a b  \nc\n\n",
                           {"a b\nc", "a b\nc  \n", "a  b\nc", " a b\nc"})) ==
        "PASSED PASSED WRONG_ANSWER WRONG_ANSWER");
}

TEST_CASE("checker tokens: white space only separates") {
  CHECK(verdicts(run_tests("\"tokens\"", "  1\n2\t3", {"1 2 3", "1 2", "12 3", "1 2 3 4"})) ==
        "PASSED WRONG_ANSWER WRONG_ANSWER WRONG_ANSWER");
}

TEST_CASE("checker float: numbers within the tolerance are equal") {
  CHECK(verdicts(run_tests(R"({"kind":"float","tolerance":0.01})", "x 1.004 1000",
                           {"x 1 1000", "x 1 1009", "x 1.1 1000", "y 1 1000"})) ==
        "PASSED PASSED WRONG_ANSWER WRONG_ANSWER");
  CHECK(verdicts(run_tests("\"float\"", "nan inf 1", {"1 1 1"})) == "WRONG_ANSWER");
}

TEST_CASE("checker unordered_lines: lines in any order, each as often as expected") {
  CHECK(verdicts(run_tests("\"unordered_lines\"", "b\na\nb\n", {"a\nb\nb", "a\na\nb", "a\nb"})) ==
        "PASSED WRONG_ANSWER WRONG_ANSWER");
}

TEST_CASE("checker program: its exit code decides and its output is the message") {
  const std::string checker =
      "import sys\\n"
      "given, output, expected = [open(name).read() for name in sys.argv[1:4]]\\n"
      "if int(output) != int(given) ** 2:\\n"
      "    print('not a square:', output)\\n"
      "    sys.exit(1)\\n";
  const auto ended = run(
      "python", "n = int(input()); print(n * n if n < 3 else 0)",
      R"("checker":{"language":"python","code":")" + checker +
          R"("},"tests":[{"stdin":"2","expected_output":""},{"stdin":"3","expected_output":""}])");
  INFO(ended.shown());
  CHECK(verdicts(ended) == "PASSED WRONG_ANSWER");
  CHECK_THAT(ended.text_below("tests.1.message"), contains("not a square: 0"));
}

TEST_CASE("tests: each keeps its own verdict and the first that failed is the whole's") {
  const auto ended = run(
      "python",
      "import sys, time\n"
      "what = input()\n"
      "if what == 'exit': sys.exit(3)\n"
      "if what == 'sleep': time.sleep(60)\n"
      "if what == 'flood': print('x' * 100000)\n"
      "print(what, *sys.argv[1:])",
      R"("limits":{"wall_ms":5000,"output_bytes":1000},"args":["shared"],"tests":[)"
      R"({"name":"good","stdin":"a","expected_output":"a shared","weight":3},)"
      R"({"name":"own args","stdin":"a","expected_output":"a own","args":["own"],"weight":1},)"
      R"({"name":"exits","stdin":"exit","weight":1},{"name":"sleeps","stdin":"sleep","weight":1},)"
      R"({"name":"floods","stdin":"flood","weight":1},{"name":"last","stdin":"z","weight":1}])");
  INFO(ended.shown());
  CHECK(verdicts(ended) == "PASSED PASSED RUNTIME_ERROR WALL_TIME OUTPUT_LIMIT PASSED");
  CHECK(ended.verdict() == "RUNTIME_ERROR");
  CHECK_THAT(ended.text("message"), contains("exits"));
  REQUIRE(ended.at("score")->real());
  CHECK(*ended.at("score")->real() == Approx(5.0 / 8));
}

TEST_CASE("tests: stop_on_failure leaves out those after the first failure") {
  const auto ended =
      run("python", "print(input())",
          R"("stop_on_failure":true,"tests":[{"stdin":"1","expected_output":"1"},)"
          R"({"stdin":"2","expected_output":"no"},{"stdin":"3","expected_output":"3"}])");
  INFO(ended.shown());
  CHECK(verdicts(ended) == "PASSED WRONG_ANSWER SKIPPED");
  CHECK(ended.at("tests.2.stdout")->is_null());
}

TEST_CASE("tests: what one leaves is not there for the next") {
  const auto ended = run(
      "python", "import os\nprint(os.path.exists('left'))\nopen('left', 'w').close()",
      R"("tests":[{"expected_output":"False"},{"expected_output":"False"},{"expected_output":"False"}])");
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPLETED");
}

TEST_CASE("files: several, in folders, with an entry and bytes of any value") {
  const auto ended = run_body(
      R"~({"language":"python","entry":"app/start.py","files":[)~"
      R"~({"name":"app/start.py","content":"import lib.part, sys\nprint(lib.part.name, open('data/raw', 'rb').read())"},)~"
      R"~({"name":"app/lib/part.py","content":"name = 'part'"},{"name":"app/lib/__init__.py","content":""},)~"
      R"~({"name":"data/raw","content":"AP/+gA==","encoding":"base64"}]})~");
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPLETED");
  CHECK(ended.text("stdout") == "part b'\\x00\\xff\\xfe\\x80'\n");
}

TEST_CASE("files: several sources are compiled together") {
  const auto ended = run_body(
      R"~({"language":"c","entry":"main.c","files":[)~"
      R"~({"name":"main.c","content":"#include \"part.h\"\n#include <stdio.h>\nint main(void) { printf(\"%d\\n\", part()); }"},)~"
      R"~({"name":"part.c","content":"#include \"part.h\"\nint part(void) { return 42; }"},)~"
      R"~({"name":"part.h","content":"int part(void);"}]})~");
  INFO(ended.shown());
  CHECK(ended.text("stdout") == "42\n");
}

TEST_CASE("args and env arrive as they are") {
  const auto ended =
      run("python", "import os, sys\nprint(sys.argv[1:], os.environ['WHO'], os.environ['HOME'])",
          R"("args":["a b","$HOME","-x","*","\"quoted\"","","ü"],"env":{"WHO":"it's; me"})");
  INFO(ended.shown());
  CHECK(ended.text("stdout") ==
        "['a b', '$HOME', '-x', '*', '\"quoted\"', '', 'ü'] it's; me /box\n");
}

TEST_CASE("compile_args reach the compiler and are part of the cache's key") {
  const std::string code =
      "#include <stdio.h>\nint main(void) {\n#ifdef "
      "NDEBUG\nputs(\"off\");\n#else\nputs(\"on\");\n#endif\n}";
  CHECK(run("c", code, R"("compile_args":["-DNDEBUG"])").text("stdout") == "off\n");
  CHECK(run("c", code).text("stdout") == "on\n");
}

TEST_CASE("compile cache: each owner has his own") {
  const auto unique = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  const auto code = "int main(void) { return 0; } // " + unique;
  CHECK_FALSE(run("c", code).truth("compile.cached"));
  CHECK(run("c", code).truth("compile.cached"));
  CHECK_FALSE(run("c", code, "", kOtherOwner).truth("compile.cached"));
}

TEST_CASE("artifacts come back byte by byte") {
  const auto ended =
      run("python",
          "import os\nopen('raw', 'wb').write(bytes(range(256)))\nopen('text', 'w').write('grün')\n"
          "os.mkdir('out')\nopen('out/deep', 'w').write('deep')\nopen('empty', 'w').close()",
          R"("artifacts":["raw","text","out/deep","empty","absent"])");
  INFO(ended.shown());
  REQUIRE(ended.at("artifacts")->array()->size() == 5);
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (const auto& artifact : *ended.at("artifacts")->array()) {
    const auto name = text_at(artifact, "name");
    if (name == "absent") {
      CHECK(text_at(artifact, "error") == "is not there");
      continue;
    }
    const auto content = text_at(artifact, "content");
    if (name == "raw") {
      CHECK(text_at(artifact, "encoding") == "base64");
      CHECK(base64_decode(content) == all);
    } else {
      CHECK(text_at(artifact, "encoding") == "utf8");
      CHECK(content == (name == "text" ? "grün" : name == "empty" ? "" : "deep"));
    }
  }
}

TEST_CASE("files go in and out byte by byte, also large ones") {
  std::string bytes;
  for (int i = 0; i < 45'000; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 256));
  json::Writer files;
  files.begin_array();
  files.begin_object().member("name", "main.py");
  files.member("content",
               "import os\n"
               "data = open('in/deep/data.bin', 'rb').read()\n"
               "os.mkdir('out')\n"
               "open('out/same.bin', 'wb').write(data)\n"
               "open('out/large.bin', 'wb').write((data * 24)[:1_048_576])\n");
  files.end_object().begin_object().member("name", "in/deep/data.bin");
  files.member("content", base64_encode(bytes)).member("encoding", "base64");
  files.end_object().end_array();
  const auto ended = run_body(R"({"language":"python","entry":"main.py","files":)" + files.text() +
                              R"(,"artifacts":["out/same.bin","out/large.bin"]})");
  REQUIRE(ended.verdict() == "COMPLETED");
  CHECK(base64_decode(ended.text_below("artifacts.0.content")) == bytes);
  std::string large;
  while (large.size() < 1'048'576) large += bytes;
  large.resize(1'048'576);
  CHECK(base64_decode(ended.text_below("artifacts.1.content")) == large);
}

TEST_CASE("classes in packages reach the run") {
  const auto ended = run_body(
      R"({"language":"java","entry":"app/Main.java","files":[)"
      R"({"name":"app/Main.java","content":"package app; public class Main { )"
      R"(public static void main(String[] a) { System.out.println(app.util.Twice.of(21)); } }"},)"
      R"({"name":"app/util/Twice.java","content":"package app.util; public class Twice { )"
      R"(public static int of(int n) { return 2 * n; } }"}]})");
  INFO(ended.shown());
  CHECK(ended.text("stdout") == "42\n");
}

TEST_CASE("what is no plain file is not returned, and its owner learns why") {
  const auto ended =
      run("python",
          "import os\n"
          "os.symlink('/etc/passwd', 'link'); os.mkfifo('fifo'); os.mkdir('folder')\n"
          "open('one', 'w'); os.link('one', 'two'); open('large', 'wb').truncate(9_000_000)\n"
          "open('good', 'w').write('g')",
          R"("artifacts":["link","fifo","folder","one","large","good","none"])");
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPLETED");
  std::map<std::string, std::string> errors;
  for (const auto& artifact : *ended.at("artifacts")->array())
    if (artifact.find("error")) errors[text_at(artifact, "name")] = text_at(artifact, "error");
  const std::string not_plain = "is not a regular file with one name";
  CHECK(errors == std::map<std::string, std::string>{
                      {"link", not_plain},
                      {"fifo", not_plain},
                      {"folder", not_plain},
                      {"one", not_plain},
                      {"large", "has 9000000 bytes: all together may have 8388608"},
                      {"none", "is not there"}});
  CHECK(ended.text_below("artifacts.0.content") == "g");
  const auto failed =
      run("python", "import sys; open('x', 'w'); sys.exit(1)", R"("artifacts":["x"])");
  CHECK_THAT(failed.text_below("artifacts.0.error"), contains("exit code 0"));
}

TEST_CASE("outputs are kept byte by byte") {
  const auto ended = run(
      "python",
      "import "
      "sys\nsys.stdout.buffer.write(b'\\0\\xff\\xfea\\xc3')\nsys.stderr.buffer.write(b'\\x80\\0')");
  CHECK(base64_of(ended, "stdout") == std::string("\0\xff\xfe"
                                                  "a\xc3",
                                                  5));
  CHECK(base64_of(ended, "stderr") == std::string("\x80\0", 2));
  CHECK(ended.text("stdout") == std::string("\0\xef\xbf\xbd\xef\xbf\xbd"
                                            "a\xef\xbf\xbd",
                                            11));
}

TEST_CASE("output limits cut at the exact byte, each stream for itself") {
  for (const std::int64_t limit : {1, 2, 4095, 4096, 65536, 65537, 1024 * 1024}) {
    const auto limits = "\"limits\":{\"output_bytes\":" + std::to_string(limit) + "}";
    const auto code = [&](const std::string& stream, std::int64_t size) {
      return "import sys\nsys." + stream + ".buffer.write(b'z' * " + std::to_string(size) + ")";
    };
    INFO(limit);
    const auto fits = run("python", code("stdout", limit), limits);
    CHECK(fits.verdict() == "COMPLETED");
    CHECK(fits.text("stdout").size() == static_cast<std::size_t>(limit));
    CHECK_FALSE(fits.truth("stdout_truncated"));
    const auto over = run("python", code("stderr", limit + 1), limits);
    CHECK(over.verdict() == "OUTPUT_LIMIT");
    CHECK(over.text("stderr").size() == static_cast<std::size_t>(limit));
    CHECK(over.truth("stderr_truncated"));
    CHECK_FALSE(over.truth("stdout_truncated"));
    CHECK_THAT(over.text("message"),
               contains("output limit of " + std::to_string(limit) + " bytes exceeded on stderr"));
  }
}

TEST_CASE("exit codes from 0 to 255 are what the program says") {
  std::string tests;
  for (int code = 0; code < 256; ++code)
    tests += std::string(code == 0 ? "" : ",") + "{\"args\":[\"" + std::to_string(code) + "\"]}";
  const auto ended =
      run("c", "#include <stdlib.h>\nint main(int n, char** v) { return n > 1 ? atoi(v[1]) : 0; }",
          "\"tests\":[" + tests + "]");
  INFO(ended.shown());
  REQUIRE(ended.at("tests")->array()->size() == 256);
  for (int code = 0; code < 256; ++code) {
    const auto& test = (*ended.at("tests")->array())[static_cast<std::size_t>(code)];
    INFO(code);
    CHECK(text_at(test, "verdict") == (code == 0 ? "PASSED" : "RUNTIME_ERROR"));
    CHECK(text_at(test, "message") == (code == 0 ? "" : "exit code " + std::to_string(code)));
  }
  for (const int code : {1, 2, 126, 127, 128, 137, 143, 255}) {
    const auto single = run("bash", "exit " + std::to_string(code));
    CHECK(single.number("exit_code") == code);
    CHECK(single.at("signal")->is_null());
    CHECK(single.verdict() == "RUNTIME_ERROR");
  }
}

TEST_CASE("signals that end a program are named") {
  for (const auto& [number, name] : std::vector<std::pair<int, std::string>>{{1, "SIGHUP"},
                                                                             {2, "SIGINT"},
                                                                             {4, "SIGILL"},
                                                                             {6, "SIGABRT"},
                                                                             {8, "SIGFPE"},
                                                                             {9, "SIGKILL"},
                                                                             {11, "SIGSEGV"},
                                                                             {13, "SIGPIPE"},
                                                                             {14, "SIGALRM"},
                                                                             {15, "SIGTERM"},
                                                                             {24, "SIGXCPU"}}) {
    const auto ended = run("bash", "kill -" + std::to_string(number) + " $$; sleep 1");
    INFO(ended.shown());
    CHECK(ended.verdict() == "RUNTIME_ERROR");
    CHECK(ended.number("signal") == number);
    CHECK(ended.at("exit_code")->is_null());
    CHECK_THAT(ended.text("message"), contains(name));
  }
}

TEST_CASE("messages of limits name the limit, its value and the measured one") {
  const auto memory = run("python", "x = []\nwhile True: x.append(b'x' * 1000000)",
                          R"("limits":{"memory_kb":65536})");
  INFO(memory.shown());
  CHECK(memory.verdict() == "MEMORY_LIMIT");
  CHECK_THAT(memory.text("message"), contains("memory limit of 65536 KiB exceeded: "));
  const auto wall = run("python", "import time\ntime.sleep(60)", R"("limits":{"wall_ms":321})");
  CHECK_THAT(wall.text("message"), contains("wall time limit of 321 ms exceeded: stopped after "));
  const auto cpu = run("python", "while True: pass", R"("limits":{"cpu_ms":123})");
  CHECK_THAT(cpu.text("message"), contains("CPU time limit of 123 ms exceeded: used "));
  const auto processes =
      run("python", "import os\nwhile True: os.fork()", R"("limits":{"processes":10})");
  CHECK_THAT(processes.text("message"), contains("process limit of 10 exceeded"));
  const auto disk = run("c",
                        "#include <stdio.h>\nint main(void) { FILE* f = fopen(\"x\", \"w\"); for "
                        "(;;) putc('x', f); }",
                        R"("limits":{"file_bytes":5000})");
  CHECK(disk.verdict() == "DISK_LIMIT");
  CHECK_THAT(disk.text("message"), contains("5000"));
  const auto compile = run("cpp", "#include </dev/urandom>", R"("limits":{"compile_wall_ms":300})");
  CHECK(compile.verdict() == "COMPILE_TIME");
  CHECK(compile.text("status") == "TIMEOUT");
  CHECK_THAT(compile.text("message"),
             contains("compile time limit of 300 ms exceeded: stopped after "));
}

TEST_CASE("limits may be as low and as high as the language says, and no further") {
  HttpClient client(test_url(), kOwner);
  const auto maximum = client.get("/api/v1/languages/python").json();
  for (const char* name : {"wall_ms", "cpu_ms", "memory_kb", "processes", "output_bytes",
                           "file_bytes", "compile_wall_ms"}) {
    const auto* most = maximum.find("limits")->find("maximum")->find(name)->integer();
    REQUIRE(most);
    const auto ask = [&](std::int64_t value) {
      return client.post(kExecutions, submission("python", "print(1)",
                                                 "\"limits\":{\"" + std::string(name) +
                                                     "\":" + std::to_string(value) + "}"));
    };
    INFO(name);
    const auto over = ask(*most + 1);
    CHECK(over.status == 422);
    CHECK_THAT(over.body, contains("limits." + std::string(name)));
    CHECK(ask(0).status == 422);
    CHECK(ask(-1).status == 422);
    const auto highest = ask(*most);
    REQUIRE(highest.status == 202);
    const auto ended = end_of(text_at(highest.json(), "execution_id"));
    INFO(ended.shown());
    CHECK(ended.verdict() == "COMPLETED");
    CHECK(ended.text("stdout") == "1\n");
  }
  // The lowest of all at once is a verdict like any other.
  const auto least = run(
      "bash", "echo hello",
      R"("limits":{"wall_ms":1,"cpu_ms":1,"memory_kb":8192,"processes":1,"output_bytes":1,"file_bytes":1})");
  INFO(least.shown());
  CHECK((least.text("status") == "FAILED" || least.text("status") == "TIMEOUT"));
  CHECK(least.verdict() != "SANDBOX_FAILURE");
  const auto one = run("bash", "exec echo hello", R"("limits":{"processes":1,"memory_kb":8192})");
  INFO(one.shown());
  CHECK(one.text("stdout") == "hello\n");
}

TEST_CASE("isolation: reuse serves again from the same sandbox and fresh never does") {
  const std::string key =
      "\"isolation_key\":\"" +
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "\"";
  const auto first = run("python", "print(1)", key);
  CHECK_FALSE(first.truth("sandbox.reused"));
  CHECK(first.text_below("sandbox.isolation") == "reuse");
  // The result is there before the sandbox has proved that it is clean.
  CHECK(test::await([&] { return run("python", "print(2)", key).truth("sandbox.reused"); }));
  const auto fresh = run("python", "print(3)", key + R"(,"isolation":"fresh")");
  CHECK_FALSE(fresh.truth("sandbox.reused"));
  CHECK(fresh.text_below("sandbox.isolation") == "fresh");
}

TEST_CASE("cancel: a running execution is killed") {
  HttpClient client(test_url(), kOwner);
  const auto id = start("python", "import time\nprint('before', flush=True)\ntime.sleep(60)");
  {
    const EventListener listener(test_url() + kExecutions + "/" + id + "/events");
    const auto began = [&] {
      const auto events = listener.events();
      return std::any_of(events.begin(), events.end(),
                         [](const ServerEvent& event) { return event.name == "stdout"; });
    };
    REQUIRE(await(began));
  }
  const auto answer = client.post(std::string(kExecutions) + "/" + id + "/cancel", "");
  INFO(answer.body);
  CHECK(answer.status == 202);
  const auto ended = end_of(id);
  INFO(ended.shown());
  CHECK(ended.text("status") == "CANCELLED");
  CHECK(ended.text("reason") == "CANCELLED");
  CHECK(ended.text("stdout") == "before\n");
  CHECK(client.post(std::string(kExecutions) + "/" + id + "/cancel", "").status == 409);
}

TEST_CASE("cancel: a compilation is killed") {
  HttpClient client(test_url(), kOwner);
  const auto id = start("c", "#include </dev/urandom>");
  CHECK(await([&] { return status_of(client, id) != "QUEUED"; }));
  CHECK(client.post(std::string(kExecutions) + "/" + id + "/cancel", "").status == 202);
  CHECK(end_of(id).text("status") == "CANCELLED");
}

TEST_CASE("cancel: a queued execution ends at once") {
  HttpClient client(test_url(), kOwner);
  std::vector<std::string> ids;  // more than there are slots
  for (int i = 0; i < 24; ++i) ids.push_back(start("python", "import time\ntime.sleep(3)"));
  const auto last = ids.back();
  CHECK(client.post(std::string(kExecutions) + "/" + last + "/cancel", "").status == 202);
  const auto ended = end_of(last);
  INFO(ended.shown());
  CHECK(ended.text("status") == "CANCELLED");
  CHECK(ended.text("stdout").empty());
  for (const auto& id : ids) client.post(std::string(kExecutions) + "/" + id + "/cancel", "");
  for (const auto& id : ids) {
    const auto status = end_of(id).text("status");
    CHECK((status == "CANCELLED" || status == "COMPLETED"));
  }
}
