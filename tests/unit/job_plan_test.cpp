#include "worker/job_plan.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

Language cpp() {
  Language l;
  l.id = l.image = "cpp";
  l.source = "main.cpp";
  l.compile = CompileStep{
      {"g++", "{compile_args}", "-o", "main", "{sources}"}, {"main"}, {"-O2"}, 400'000, 9000};
  l.run_argv = {"./main", "{memory_mb}"};
  l.environment = {{"LANG", "C"}, {"HOME", "/elsewhere"}};
  l.default_limits.memory_kb = 200'000;
  l.cpus = 0.5;
  return l;
}

Submission submission() {
  Submission s;
  s.language = "cpp";
  s.files = {{"a.cpp", "A"}, {"a.h", "H"}, {"b.cpp", "B"}, {"main", "not the program"}};
  s.entry = "a.cpp";
  s.args = {"x", "y"};
  s.stdin_data = "input";
  s.env = {{"HOME", "/mine"}, {"EXTRA", "1"}};
  s.compile_args = {"-O2"};
  s.limits.memory_kb = 65536;
  s.limits.wall_ms = 111;
  s.limits.cpu_ms = 222;
  s.limits.compile_wall_ms = 3333;
  s.limits.processes = 5;
  return s;
}

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::count(list.begin(), list.end(), item) == 1;
}

}  // namespace

TEST_CASE("a compile step sees the submitted files and none of the run's settings") {
  const auto job = compile_job(cpp(), submission());
  REQUIRE(job.steps.size() == 1);
  const auto& step = job.steps[0];
  CHECK(step.compile);
  CHECK(step.argv == std::vector<std::string>{"g++", "-O2", "-o", "main", "a.cpp", "b.cpp"});
  CHECK(step.collect == std::vector<std::string>{"main"});
  CHECK(step.wall_ms == 3333);
  CHECK(step.cpu_ms >= step.wall_ms);
  CHECK(step.stdin_data.empty());
  CHECK(has(step.environment, "HOME=/elsewhere"));
  CHECK_FALSE(has(step.environment, "EXTRA=1"));
  CHECK(job.files.size() == 4);
  CHECK(step.collect_bytes > 0);
}

TEST_CASE("a run step has the submission's limits, arguments and input") {
  const auto job = run_job(cpp(), submission(), {{"main", "ELF", 0711}});
  REQUIRE(job.steps.size() == 1);
  const auto& step = job.steps[0];
  CHECK_FALSE(step.compile);
  CHECK(step.argv == std::vector<std::string>{"./main", "64", "x", "y"});
  CHECK(step.stdin_data == "input");
  CHECK(step.wall_ms == 111);
  CHECK(step.cpu_ms == 222);
  CHECK(step.processes == 5);
  CHECK(step.collect.empty());
  CHECK(step.collect_bytes == 0);
  for (const char* entry :
       {"HOME=/mine", "EXTRA=1", "LANG=C", "TMPDIR=/tmp", "PATH=/usr/local/bin:/usr/bin:/bin"})
    CHECK(has(step.environment, entry));
  // What was compiled takes the place of a submitted file of that name.
  CHECK(job.files.size() == 4);
  CHECK(job.files.back().content == "ELF");
  CHECK(job.files.back().mode == (0711 | 0444));
}

TEST_CASE("artifacts are collected when asked for") {
  auto s = submission();
  s.artifacts = {"out/x"};
  const auto step = run_job(cpp(), s, {}).steps[0];
  CHECK(step.collect == s.artifacts);
  CHECK(step.collect_bytes > 0);
}

TEST_CASE("each test is a step of its own, compiled once") {
  auto s = submission();
  s.tests = {{"one", "1", "x", {}, 1}, {"two", "2", std::nullopt, {"own"}, 1}};
  const auto job = run_job(cpp(), s, {});
  REQUIRE(job.steps.size() == 2);
  CHECK(job.steps[0].stdin_data == "1");
  CHECK(job.steps[0].argv.back() == "y");
  CHECK(job.steps[1].stdin_data == "2");
  CHECK(job.steps[1].argv == std::vector<std::string>{"./main", "64", "own"});
}

TEST_CASE("the classes of sandboxes: the manifest's memory to compile, the submission's to run") {
  const auto compile = compile_class(cpp(), "sha256:x");
  CHECK(compile.memory_kb == 400'000);
  CHECK(compile.cpus == 0.5);
  const auto run = run_class(cpp(), "sha256:x", submission().limits);
  CHECK(run.memory_kb == 65536);
  CHECK(run.processes == 5);
  CHECK(run.image_id == "sha256:x");
}

TEST_CASE("where no file has the source's suffix, the entry is compiled") {
  auto s = submission();
  s.files = {{"prog.txt", "x"}};
  s.entry = "prog.txt";
  CHECK(compile_job(cpp(), s).steps[0].argv.back() == "prog.txt");
}

TEST_CASE("a checker gets each output as files, which are its arguments") {
  const Checker checker{CheckerKind::kProgram, 0, "cpp", "code of the checker"};
  const auto program = checker_submission(cpp(), checker);
  CHECK(program.files.at(0).name == "main.cpp");
  CHECK(program.limits.memory_kb == 200'000);
  const auto job = checker_job(cpp(), program, {{"main", "ELF", 0755}},
                               {{"i0", "o0", "e0"}, {"i1", "o1", "e1"}});
  REQUIRE(job.steps.size() == 2);
  CHECK(job.steps[1].argv ==
        std::vector<std::string>{"./main", "195", "1/input", "1/output", "1/expected"});
  const auto content = [&](const std::string& name) {
    const auto found = std::find_if(job.files.begin(), job.files.end(),
                                    [&](const auto& f) { return f.name == name; });
    return found == job.files.end() ? "absent" : found->content;
  };
  CHECK(content("1/output") == "o1");
  CHECK(content("0/expected") == "e0");
  CHECK(content("main.cpp") == "code of the checker");
  CHECK(content("main") == "ELF");
}

TEST_CASE("a live run is typed into, at a terminal when it has one") {
  auto live = submission();
  live.live.emplace();
  auto job = run_job(cpp(), live, {});
  CHECK(job.steps.at(0).interactive);
  CHECK(job.steps[0].stdin_data.empty());
  CHECK_FALSE(job.tty);
  CHECK_FALSE(has(job.steps[0].environment, "TERM=xterm-256color"));

  live.live = LiveRun{true, 132, 50};
  job = run_job(cpp(), live, {});
  REQUIRE(job.tty);
  CHECK(job.tty->cols == 132);
  CHECK(job.tty->rows == 50);
  CHECK(has(job.steps[0].environment, "TERM=xterm-256color"));
  live.env.emplace_back("TERM", "dumb");
  job = run_job(cpp(), live, {});
  CHECK(has(job.steps[0].environment, "TERM=dumb"));
  CHECK_FALSE(has(job.steps[0].environment, "TERM=xterm-256color"));

  CHECK_FALSE(run_job(cpp(), submission(), {}).steps.at(0).interactive);
  CHECK_FALSE(compile_job(cpp(), live).tty);
}
