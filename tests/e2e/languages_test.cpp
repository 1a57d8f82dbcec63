// Every language's own tests, through the whole stack. Each folder of docker/languages is looked at
// when this program starts: a new language needs nothing here.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/dynamic_tests.hpp"
#include "tests/support/ended.hpp"
#include "tests/support/paths.hpp"

using namespace runyard;
using namespace runyard::test;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = source_path("docker/languages");

std::string read(const fs::path& path) {
  return file_of_checkout(fs::relative(path, source_path("")).string());
}

/// The source beside a manifest or a case: the file of that stem that is no JSON.
fs::path source_of(const fs::path& folder, const std::string& stem) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().stem() == stem && entry.path().extension() != ".json") return entry.path();
  throw std::runtime_error("no source of " + (folder / stem).string());
}

std::vector<fs::path> sorted(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// The members of an object as text, without the braces.
std::string members(const json::Value* object) {
  if (!object) return {};
  json::Writer writer;
  writer.value(*object);
  const auto text = writer.text();
  return text.substr(1, text.size() - 2);
}

void check_text(const json::Value& expected, const std::string& name, const std::string& got) {
  INFO(name);
  REQUIRE(expected.string());
  CHECK(got == *expected.string());
}

void check_part(const json::Value& expected, const std::string& name, const std::string& got) {
  INFO(name);
  REQUIRE(expected.string());
  CHECK_THAT(got, contains(*expected.string()));
}

/// `expected` maps names to the beginnings of contents as the API shows them, in base64 where they
/// are no text.
void check_artifacts(const json::Value& expected, const Ended& ended) {
  REQUIRE(expected.object());
  for (const auto& [name, beginning] : *expected.object()) {
    INFO(name);
    REQUIRE(beginning.string());
    std::string content;
    for (const auto& artifact : *ended.at("artifacts")->array())
      if (text_at(artifact, "name") == name) content = text_at(artifact, "content");
    CHECK(content.substr(0, beginning.string()->size()) == *beginning.string());
  }
}

void check_expectation(const std::string& name, const json::Value& expected, const Ended& ended) {
  if (name == "status" || name == "reason" || name == "stdout" || name == "stderr")
    check_text(expected, name, ended.text(name));
  else if (name == "stdout_contains" || name == "stderr_contains")
    check_part(expected, name, ended.text(name.substr(0, 6)));
  else if (name == "compile_stderr_contains")
    check_part(expected, name, ended.text_below("compile.stderr"));
  else if (name == "exit_code" || name == "signal")
    CHECK((expected.integer() && ended.number(name) == *expected.integer()));
  else if (name == "artifact_begins")
    check_artifacts(expected, ended);
  else
    FAIL("a case's \"expect\" has the unknown member " << name);
}

/// Verdicts by a limit name it, its value and the measured one.
void check_message(const Ended& ended) {
  const auto message = ended.text("message");
  const auto verdict = ended.verdict();
  INFO(verdict << ": " << message);
  if (verdict == "COMPLETED") {
    CHECK(message.empty());
    return;
  }
  CHECK_FALSE(message.empty());
  const bool by_limit = verdict == "WALL_TIME" || verdict == "CPU_TIME" ||
                        verdict == "MEMORY_LIMIT" || verdict == "OUTPUT_LIMIT" ||
                        verdict == "PROCESS_LIMIT";
  if (!by_limit) return;
  CHECK_THAT(message, contains("limit of "));
  CHECK_THAT(message, contains(" exceeded"));
}

/// A manifest's language, and how a submission asks for its version where the name alone means
/// another one.
struct Named {
  explicit Named(const json::Value& manifest)
      : id(text_at(manifest, "id")), version(text_at(manifest, "version")) {
    const auto* is_default = manifest.find("default");
    if (is_default && !*is_default->boolean()) asked = R"("version":")" + version + "\"";
  }
  std::string with(const std::string& more) const {
    return asked + (asked.empty() || more.empty() ? "" : ",") + more;
  }

  std::string id;
  std::string version;
  std::string asked;
};

/// Whether the folder's image stands on one that is neither ours nor Debian's: such a language may
/// be missing, for the image cannot be had everywhere.
bool stands_on_foreign_image(const fs::path& folder, const json::Value& manifest) {
  const auto* image = manifest.find("image");
  const auto file =
      kFolder / (image ? *image->string() : folder.filename().string()) / "Dockerfile";
  std::istringstream lines(read(file));
  std::set<std::string> stages;
  bool foreign = false;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word, base, as, stage;
    if (!(words >> word >> base) || word != "FROM") continue;
    const auto begins = [&](const char* with) { return base.rfind(with, 0) == 0; };
    foreign = foreign || !(begins("debian:") || begins("runyard-base/") || stages.count(base));
    if (words >> as >> stage) stages.insert(stage);
  }
  return foreign;
}

bool is_available(const Named& language) {
  HttpClient client(test_url(), kOwner);
  const auto answer = client.get("/api/v1/languages/" + language.id);
  if (answer.status != 200) return false;
  const auto description = answer.json();
  for (const auto& version : *description.find("versions")->array())
    if (text_at(version, "version") == language.version)
      return *version.find("available")->boolean();
  return false;
}

/// Says so in the words that CTest takes for a test that was not run (tests/CMakeLists.txt).
bool cannot_run(const fs::path& folder) {
  const auto manifest = json::parse(read(folder / "language.json"));
  if (!stands_on_foreign_image(folder, manifest) || is_available(Named(manifest))) return false;
  std::cout << "NOT_RUN: the image below " << folder.filename().string()
            << " cannot be pulled here\n";
  return true;
}

void run_case(const Named& language, const fs::path& file) {
  const auto test = json::parse(read(file));
  const auto code = read(source_of(file.parent_path(), file.stem().string()));
  const auto ended = run(language.id, code, language.with(members(test.find("submission"))));
  INFO(ended.shown());
  const auto* expect = test.find("expect");
  REQUIRE((expect && expect->object() && !expect->object()->empty()));
  for (const auto& [name, value] : *expect->object()) check_expectation(name, value, ended);
  check_message(ended);
  CHECK(ended.text("language") == language.id);
  CHECK(ended.text("version") == language.version);
  CHECK(ended.number("attempt") == 1);
}

json::Value described(const std::string& language) {
  HttpClient client(test_url(), kOwner);
  const auto answer = client.get("/api/v1/languages/" + language);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer.json();
}

void check_description(const Named& language, const std::string& hello) {
  const auto description = described(language.id);
  bool listed = false;
  for (const auto& version : *description.find("versions")->array()) {
    if (text_at(version, "version") != language.version) continue;
    listed = true;
    CHECK(*version.find("available")->boolean());
    CHECK(*version.find("default")->boolean() == language.asked.empty());
  }
  CHECK(listed);
  if (!language.asked.empty()) return;
  CHECK(text_at(description, "sample") == hello);
  CHECK(text_at(description, "version") == language.version);
}

void check_hello(const fs::path& folder, const Named& language, const json::Value& manifest) {
  const auto code = read(source_of(folder, "hello"));
  check_description(language, code);
  const auto ended = run(language.id, code, language.asked);
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPLETED");
  CHECK(ended.text("stdout") == "Hello, World!\n");
  CHECK(ended.text("stderr").empty());
  CHECK(ended.text("version") == language.version);
  CHECK(ended.number("exit_code") == 0);
  CHECK(ended.number("execution_time") >= 0);
  CHECK(ended.number("memory_kb") > 0);
  const bool compiled = manifest.find("compile") != nullptr;
  CHECK(compiled != ended.at("compile")->is_null());
  if (!compiled) return;
  CHECK(ended.text_below("compile.status") == "COMPLETED");
  const auto again = run(language.id, code, language.asked);
  INFO(again.shown());
  CHECK(again.truth("compile.cached"));
  CHECK(again.text("stdout") == "Hello, World!\n");
}

void check_cases_are_there(const fs::path& folder, bool compiled) {
  std::vector<std::string> needed = {"stdin",        "runtime_error", "wall_time",     "cpu_time",
                                     "memory_limit", "output_limit",  "larger_program"};
  if (compiled) needed.emplace_back("compile_error");
  for (const auto& name : needed) {
    INFO(name);
    CHECK(fs::exists(folder / "tests" / (name + ".json")));
  }
}

void check_aliases(const std::string& language, const json::Value& manifest) {
  const auto* aliases = manifest.find("aliases");
  if (!aliases) return;
  for (const auto& alias : *aliases->array()) {
    HttpClient client(test_url(), kOwner);
    // "c++" is written as it is, for a path may hold a plus; behind the "#" of "c#" it would end.
    auto name = *alias.string();
    if (const auto hash = name.find('#'); hash != std::string::npos) name.replace(hash, 1, "%23");
    const auto answer = client.get("/api/v1/languages/" + name);
    INFO(*alias.string() << ": " << answer.body);
    CHECK(answer.status == 200);
    if (answer.status == 200) CHECK(text_at(answer.json(), "id") == language);
  }
}

/// A second version runs the cases of the default one as well, but those that it has itself.
std::vector<fs::path> cases_of(const fs::path& folder) {
  std::map<std::string, fs::path> cases;
  const auto add = [&](const fs::path& tests) {
    if (!fs::is_directory(tests)) return;
    for (const auto& file : sorted(tests))
      if (file.extension() == ".json") cases.emplace(file.stem().string(), file);
  };
  add(folder / "tests");
  try {
    const Named language(json::parse(read(folder / "language.json")));
    if (!language.asked.empty()) add(kFolder / language.id / "tests");
  } catch (const std::exception&) {
    // A broken manifest fails its own tests, not all of this program.
  }
  std::vector<fs::path> files;
  for (const auto& entry : cases) files.push_back(entry.second);
  return files;
}

void register_language(const fs::path& folder) {
  const auto name = folder.filename().string();
  register_test("language " + name + ": hello and its second time", "[languages]", [folder] {
    if (cannot_run(folder)) return;
    const auto manifest = json::parse(read(folder / "language.json"));
    const Named language(manifest);
    check_hello(folder, language, manifest);
    check_aliases(language.id, manifest);
    if (language.asked.empty()) check_cases_are_there(folder, manifest.find("compile") != nullptr);
  });
  for (const auto& file : cases_of(folder))
    register_test("language " + name + ": " + file.stem().string(), "[languages]", [folder, file] {
      if (!cannot_run(folder)) run_case(Named(json::parse(read(folder / "language.json"))), file);
    });
}

bool register_all() {
  int found = 0;
  for (const auto& folder : sorted(kFolder))
    if (fs::exists(folder / "language.json")) {
      register_language(folder);
      ++found;
    }
  return found > 0;
}

const bool registered = register_all();

}  // namespace

TEST_CASE("languages: there are some, and the API lists exactly those") {
  REQUIRE(registered);
  HttpClient client(test_url(), kOwner);
  const auto listed = client.get("/api/v1/languages").json();
  std::vector<std::string> ids, folders;
  for (const auto& language : *listed.find("languages")->array()) {
    ids.push_back(text_at(language, "id"));
    INFO(ids.back());
    const auto folder = kFolder / ids.back();
    const auto manifest = json::parse(read(folder / "language.json"));
    CHECK((*language.find("available")->boolean() || stands_on_foreign_image(folder, manifest)));
  }
  for (const auto& folder : sorted(kFolder))
    if (fs::exists(folder / "language.json") &&
        Named(json::parse(read(folder / "language.json"))).asked.empty())
      folders.push_back(folder.filename().string());
  std::sort(ids.begin(), ids.end());
  CHECK(ids == folders);
}

TEST_CASE("languages: the version that is reported is the one that runs") {
  // How a program finds out; a language that is not here reports what its manifest says.
  const std::vector<std::pair<std::string, std::string>> programs = {
      {"python", "import platform; print(platform.python_version())"},
      {"javascript", "console.log(process.version.slice(1))"},
      {"bash", "echo \"${BASH_VERSION}\""},
      {"c", "#include <stdio.h>\nint main(void) { puts(__VERSION__); }"},
      {"cpp", "#include <cstdio>\nint main() { std::puts(__VERSION__); }"},
      {"go",
       "package main\nimport (\"fmt\"; \"runtime\")\nfunc main() { "
       "fmt.Println(runtime.Version()[2:]) }"},
      {"haskell",
       "import Data.List\nimport Data.Version\nimport System.Info\nmain = putStrLn (showVersion "
       "compilerVersion)"},
      {"fortran",
       "use iso_fortran_env\ncharacter(:), allocatable :: v\nv = compiler_version()\n"
       "print '(a)', v(13:)\nend"},
      {"pascal", "begin writeln({$I %FPCVERSION%}); end."},
      {"ocaml", "let () = print_endline Sys.ocaml_version"},
      {"nim", "echo NimVersion"},
      {"crystal", "puts Crystal::VERSION"},
      {"java",
       "class Main { public static void main(String[] a) { "
       "System.out.println(Runtime.version().feature()); } }"},
      {"ruby", "puts RUBY_VERSION"},
      {"php", "<?php echo PHP_VERSION, PHP_EOL;"},
      {"perl", "printf \"%vd\\n\", $^V;"},
      {"lua", "print(_VERSION:match('[%d.]+'))"},
      {"tcl", "puts [info patchlevel]"},
      {"awk", "BEGIN { print PROCINFO[\"version\"] }"},
      {"sql", "SELECT sqlite_version();"},
      {"r", "cat(R.version$major, \".\", R.version$minor, \"\\n\", sep = \"\")"},
      {"octave", "disp(version())"},
      {"common-lisp", "(format t \"~a~%\" (lisp-implementation-version))"},
      {"prolog",
       ":- current_prolog_flag(version, V), A is V // 10000, B is V // 100 mod 100, "
       "format(\"~w.~w~n\", [A, B])."},
      {"erlang",
       "-module(main).\n-export([main/0]).\n"
       "main() -> io:format(\"~s~n\", [erlang:system_info(otp_release)])."},
      {"elixir", "IO.puts(System.version())"},
      {"kotlin", "fun main() = println(KotlinVersion.CURRENT)"},
      {"scala", "object Main extends App { println(util.Properties.versionNumberString) }"},
      {"clojure", "(println (clojure-version))"},
      {"groovy", "println GroovySystem.version"},
      {"python-data", "import platform; print(platform.python_version())"},
  };
  for (const auto& [language, code] : programs) {
    const auto ended = run(language, code);
    const auto version = ended.text("version");
    INFO(ended.shown());
    REQUIRE_FALSE(version.empty());
    const auto said = ended.text("stdout");
    CHECK(said.substr(0, version.size()) == version);
    CHECK((said.size() > version.size() &&
           !std::isdigit(static_cast<unsigned char>(said[version.size()]))));
  }
}
