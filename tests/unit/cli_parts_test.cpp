// Small parts of the client: what it prints, reads and saves.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "cli/arguments.hpp"
#include "cli/artifacts.hpp"
#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/output_replay.hpp"
#include "cli/printing.hpp"
#include "cli/shown_output.hpp"
#include "cli/sources.hpp"
#include "cli/submission_body.hpp"
#include "cli/units.hpp"
#include "core/text.hpp"
#include "core/unique_fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::cli;
using test::contains;

namespace {

template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "not refused";
}

RunOptions run_options(std::vector<std::string> words) {
  words.insert(words.begin(), "run");
  return std::get<RunOptions>(parse_arguments(std::move(words)).command);
}

std::string wrong(const std::vector<std::string>& words) {
  return refusal([&] { parse_arguments(words); });
}

}  // namespace

TEST_CASE("cli: a table's cells do nothing to a terminal") {
  CHECK(table({{"A", "LONG"}, {"a\x1b", "x"}}) == "A      LONG\na\\x1b  x\n");
}

TEST_CASE("cli: amounts have units") {
  CHECK(milliseconds_of("500ms") == 500);
  CHECK(milliseconds_of("2s") == 2000);
  CHECK(milliseconds_of("2") == 2000);
  CHECK(milliseconds_of("1.5s") == 1500);
  CHECK(milliseconds_of("1m") == 60'000);
  for (const char* text : {"", "s", "-1s", "0", "0.0001s", "1h", "1 s", "1e3", "nan", "inf", "2d"})
    CHECK_FALSE(milliseconds_of(text));
  CHECK(kibibytes_of("64M") == 65'536);
  CHECK(kibibytes_of("1G") == 1'048'576);
  CHECK(kibibytes_of("8192K") == 8192);
  CHECK(kibibytes_of("64MiB") == 65'536);
  for (const char* text : {"", "64", "M", "-1M", "0M", "64m", "1T", "9999999G"})
    CHECK_FALSE(kibibytes_of(text));
}

TEST_CASE("cli: a complaint quotes what does nothing to a terminal") {
  const test::TempDir folder;
  const auto path = (folder.path() / "said").string();
  std::fflush(stderr);
  const UniqueFd before(::dup(STDERR_FILENO));
  const UniqueFd said(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ::dup2(said.get(), STDERR_FILENO);
  complain("a\x1b[2Jb\nc\x9b");
  std::fflush(stderr);
  ::dup2(before.get(), STDERR_FILENO);
  CHECK(folder.read("said") == "runyard-cli: a\\x1b[2Jb\nrunyard-cli: c\xef\xbf\xbd\n");
}

TEST_CASE("cli: an output that is told twice is written once") {
  std::string written;
  OutputReplay output([&](std::string_view bytes) { written += bytes; });
  output.add("one ");
  output.add("two ");
  output.restart();
  output.add("o");
  output.add("ne tw");
  CHECK(written == "one two ");
  output.add("o three ");
  CHECK(written == "one two three ");
  output.finish("one two three four");
  CHECK(written == "one two three four");
  output.finish("one");  // a later attempt that was cut short
  CHECK(written == "one two three four");
  CHECK_FALSE(output.differed());
}

TEST_CASE("cli: a second attempt that writes something else goes on from there, and is told of") {
  std::string written;
  OutputReplay output([&](std::string_view bytes) { written += bytes; });
  output.add("seed 1\n");
  output.restart();
  output.add("seed 2\n");
  CHECK(written == "seed 1\n2\n");
  CHECK(output.differed());
  output.finish("seed 2\nend\n");
  CHECK(written == "seed 1\n2\nend\n");
}

TEST_CASE("cli: control characters are shown on a terminal, sent elsewhere, or as it is asked") {
  const std::string bytes = "a\x1b[2J\xff\r\n";
  const std::string json = "{\"a\":\"\xc2\x9b\"}";
  const auto written = [](const std::string& escapes, bool is_terminal, const auto& write) {
    std::string all;
    ShownOutput output(escapes, is_terminal, [&](std::string_view more) { all += more; });
    write(output);
    return all + (output.changed() ? "|changed" : "");
  };
  const auto text = [&](ShownOutput& output) {
    output.add(bytes.substr(0, 3));
    output.add(bytes.substr(3));
    output.finish();
    output.add("\xc3");  // another output: nothing of it belongs to the former
    output.finish();
  };
  const std::string shown = "a\\x1b[2J\xef\xbf\xbd\n\xef\xbf\xbd|changed";
  CHECK(written("auto", true, text) == shown);
  CHECK(written("auto", false, text) == bytes + "\xc3");
  CHECK(written("show", false, text) == shown);
  CHECK(written("pass", true, text) == bytes + "\xc3");
  const auto object = [&](ShownOutput& output) { output.add_json(json); };
  CHECK(written("auto", true, object) == "{\"a\":\"\\u009b\"}\n");
  CHECK(written("auto", false, object) == json + "\n");
  const auto plain = [](ShownOutput& output) { output.add("plain\n"); };
  CHECK(written("auto", true, plain) == "plain\n");
}

TEST_CASE("cli: a command line is read") {
  const auto run = run_options({"main.py",    "util.py", "-l",       "python", "--version",
                                "3.11",       "--env",   "A=1",      "--env",  "B=x=y",
                                "--time",     "2s",      "--memory", "64M",    "--compile-arg=-O3",
                                "--artifact", "a.png",   "--",       "--json", "x"});
  CHECK(run.files == std::vector<std::string>{"main.py", "util.py"});
  CHECK(run.arguments == std::vector<std::string>{"--json", "x"});
  CHECK(run.language == "python");
  CHECK(run.version == "3.11");
  CHECK(run.environment ==
        std::vector<std::pair<std::string, std::string>>{{"A", "1"}, {"B", "x=y"}});
  CHECK(run.time_ms == 2000);
  CHECK(run.memory_kb == 65'536);
  CHECK(run.compile_arguments == std::vector<std::string>{"-O3"});
  CHECK_FALSE(run.json);
  CHECK(run.escapes == "auto");
  CHECK(run_options({"a.py", "--escapes", "pass"}).escapes == "pass");
  // Options do not eat the file behind them.
  CHECK(run_options({"--env", "A=1", "main.py"}).files == std::vector<std::string>{"main.py"});
  CHECK(run_options({"-", "--language", "c"}).files == std::vector<std::string>{"-"});
  const auto with_url = parse_arguments({"languages", "--url", "http://a"});
  CHECK(with_url.server.url == "http://a");
  CHECK_THAT(std::get<Help>(parse_arguments({"--version"}).command).text,
             contains("runyard-cli 0."));
  CHECK_THAT(std::get<Help>(parse_arguments({"run", "--help"}).command).text, contains("--tests"));
}

TEST_CASE("cli: a wrong command line gets one line that names what is wrong") {
  using Words = std::vector<std::string>;
  for (const auto& [words, text] : std::vector<std::pair<Words, std::string>>{
           {{}, "subcommand"},
           {{"rnu", "a.py"}, "subcommand"},
           {{"run"}, "FILE"},
           {{"run", "a.py", "--tim", "2s"}, "--tim"},
           {{"run", "a.py", "--time", "soon"}, "--time: \"soon\" is no time"},
           {{"run", "a.py", "--memory", "64"}, "--memory: \"64\" is no size with a unit"},
           {{"run", "a.py", "--env", "A"}, "--env: \"A\" is not NAME=VALUE"},
           {{"run", "a.py", "--tests", "t", "--stdin", "f"}, "--stdin"},
           {{"run", "a.py", "--tests", "t", "--problem", "p"}, "--problem"},
           {{"run", "a.py", "--json", "--detach"}, "--json"},
           {{"run", "a.py", "--checker", "exact"}, "--tests"},
           {{"run", "a.py", "--escapes", "no"}, "--escapes"},
           {{"history", "--limit", "0"}, "--limit"},
           {{"login", "--key", "--user", "anna"}, "--user"},
           {{"languages", "--", "x"}, "only a program of `run` has arguments"}}) {
    INFO(text);
    const auto said = wrong(words);
    CHECK_THAT(said, contains(text));
    CHECK(said.find('\n') == std::string::npos);
  }
}

TEST_CASE("cli: files are named as seen from the first one") {
  const test::TempDir folder;
  const auto path = [&](const char* name) { return (folder.path() / name).string(); };
  folder.write("src/main.py", "import lib.a");
  folder.write("src/lib/a.py", "");
  folder.write("other.py", "");
  folder.write("script", "echo hi");
  const auto files = read_sources({path("src/main.py"), path("src/../src/lib/a.py")});
  REQUIRE(files.size() == 2);
  CHECK(files[0].name == "main.py");
  CHECK(files[0].content == "import lib.a");
  CHECK(files[1].name == "lib/a.py");
  CHECK(read_sources({path("script")}).at(0).name.empty());
  CHECK_THAT(refusal([&] {
               read_sources({path("src/main.py"), path("other.py")});
             }),
             contains("other.py: must lie in the folder of the first file"));
  CHECK_THAT(refusal([&] { read_sources({path("none.py")}); }), contains("none.py: No such file"));
  CHECK_THAT(refusal([&] { read_sources({path("src/main.py"), "-"}); }), contains("-: "));
  try {
    read_sources({path("src")});
    FAIL("a folder is no program");
  } catch (const Failure& failure) {
    CHECK(failure.exit_code() == kFileMissing);
  }
}

TEST_CASE("cli: a submission holds what was asked for, bytes that are no text in base64") {
  SubmissionBody body;
  body.language = "python";
  body.files = {{"main.py", "print(1)"}, {"data.bin", std::string("\0\xff", 2)}};
  body.arguments = {"a", ""};
  body.environment = {{"A", "1"}};
  body.time_ms = 2000;
  body.memory_kb = 65'536;
  body.input = "in";
  CHECK(to_json(body) ==
        R"x({"language":"python","files":[{"name":"main.py","content":"print(1)"},)x"
        R"({"name":"data.bin","content":"AP8=","encoding":"base64"}],"entry":"main.py",)"
        R"("stdin":"in","args":["a",""],"env":{"A":"1"},)"
        R"("limits":{"wall_ms":2000,"cpu_ms":2000,"memory_kb":65536}})");
  SubmissionBody small;
  small.language = "c";
  small.files = {{"", "int main(){}"}};
  small.tests = R"([{"stdin":"1"}])";
  CHECK(to_json(small) == R"({"language":"c","code":"int main(){}","tests":[{"stdin":"1"}]})");
  small.arguments = {"\xff"};
  CHECK_THAT(refusal([&] { to_json(small); }), contains("args: is not UTF-8"));
}

TEST_CASE("cli: artifacts stay in their folder, whatever they are called") {
  const test::TempDir folder;
  folder.write("outside/x", "old");
  const auto out = folder.path() / "out";
  std::filesystem::create_directories(out);
  std::filesystem::create_directory_symlink(folder.path() / "outside", out / "link");
  std::filesystem::create_symlink(folder.path() / "outside/x", out / "file");
  const std::vector<std::string> names{
      "good.txt", "a/b/c.bin", "../x", "/tmp/runyard-x",      "a/../../x", "link/x",
      "file",     "a//b",      "",     std::string("n\0l", 3)};
  json::Writer writer;
  writer.begin_object().key("artifacts").begin_array();
  for (const auto& name : names) {
    writer.begin_object().member("name", name).member("encoding", "base64");
    writer.member("content", base64_encode("new\xff")).end_object();
  }
  writer.begin_object().member("name", "surprise").member("content", "x").end_object();
  writer.begin_object().member("name", "gone").member("error", "does not exist").end_object();
  writer.end_array().end_object();
  auto asked = names;
  asked.emplace_back("gone");
  const auto troubles = save_artifacts(json::parse(writer.text()), asked, out.string());
  CHECK(folder.read("out/good.txt") == "new\xff");
  CHECK(folder.read("out/a/b/c.bin") == "new\xff");
  CHECK(folder.read("outside/x") == "old");
  CHECK_FALSE(std::filesystem::exists(folder.path() / "x"));
  CHECK_FALSE(std::filesystem::exists("/tmp/runyard-x"));
  CHECK_FALSE(std::filesystem::exists(out / "surprise"));
  REQUIRE(troubles.size() == names.size());
  CHECK(troubles[0] == "artifact ../x: leads out of the folder");
  CHECK(troubles.back() == "artifact gone: does not exist");
  CHECK(troubles[troubles.size() - 2] == "artifact surprise: was not asked for");
}

TEST_CASE("cli: input has an end, and a closed pipe is told apart from a full disk") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "12345", 5) == 5);
  CHECK_THAT(refusal([&] { read_all(ends[0], 4, "stdin"); }),
             contains("stdin: is larger than 4 bytes"));
  ::close(ends[0]);
  const auto old = ::signal(SIGPIPE, SIG_IGN);
  CHECK_THROWS_AS(write_all(ends[1], "x", "stdout"), PipeClosed);
  ::signal(SIGPIPE, old);
  ::close(ends[1]);
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  CHECK_THAT(refusal([&] { write_all(full.get(), "x", "stdout"); }),
             contains("stdout: No space left"));
}

TEST_CASE("cli: a file that was too large for the execution is fetched by itself") {
  const test::TempDir folder;
  const auto out = folder.path() / "out";
  const auto execution = json::parse(
      R"({"artifacts":[{"name":"large","size":5,"url":"http://elsewhere/large"},)"
      R"({"name":"refused","size":5,"url":"/x"},{"name":"other","size":1,"url":"/y"}]})");
  std::vector<std::string> fetched;
  const auto troubles =
      save_artifacts(execution, {"large", "refused"}, out.string(), [&](const std::string& name) {
        fetched.push_back(name);
        if (name == "refused") throw Failure("it says no");
        return std::string("a\0b\xff\n", 5);
      });
  CHECK(fetched == std::vector<std::string>{"large", "refused"});
  CHECK(folder.read("out/large") == std::string("a\0b\xff\n", 5));
  REQUIRE(troubles.size() == 2);
  CHECK(troubles[0] == "artifact refused: it says no");
  CHECK(troubles[1] == "artifact other: was not asked for");
}
