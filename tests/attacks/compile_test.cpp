// SECURITY.md's group "Compile": a compiler that reads, runs or makes too much.
#include "core/text.hpp"
#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

Attack compiling(const std::string& program) {
  auto attack = Attack("compile/" + program);
  attack.limit("compile_wall_ms", 10'000);
  return attack;
}

/// One that may go on until its time is over.
Attack compiling_without_end(const std::string& program) {
  return compiling(program).limit("compile_wall_ms", 2500);
}

/// Nothing of what it must not read is shown to the submitter.
void check_nothing_shown(const Ended& ended) {
  for (const char* secret : {"root:", "PATH=", "HOSTNAME="}) {
    CHECK(ended.text_below("compile.stderr").find(secret) == std::string::npos);
    CHECK(ended.text_below("compile.stdout").find(secret) == std::string::npos);
  }
}

void check_refused(const std::string& members, const std::string& field) {
  HttpClient client(test_url(), kOwner);
  const auto answer = client.post(kExecutions, "{\"language\":\"c\"," + members + "}");
  INFO(answer.body);
  CHECK(answer.status == 422);
  CHECK_THAT(answer.body, contains("\"field\":\"" + field + "\""));
}

}  // namespace

TEST_CASE("compile: an endless include meets a limit") {
  compiling_without_end("include_random.c")
      .ends_as({"COMPILE_TIME", "MEMORY_LIMIT", "COMPILE_ERROR"})
      .run();
  compiling_without_end("include_zero.c")
      .ends_as({"COMPILE_TIME", "MEMORY_LIMIT", "COMPILE_ERROR"})
      .run();
}

TEST_CASE("compile: including stdin reads nothing and waits for nobody") {
  compiling("include_stdin.c").run();
}

TEST_CASE("compile: files that jobs may not read cannot be included") {
  check_nothing_shown(compiling("include_shadow.c").ends_as({"COMPILE_ERROR"}).run());
  check_nothing_shown(compiling("include_agent_environment.c").ends_as({"COMPILE_ERROR"}).run());
}

TEST_CASE("compile: files that jobs may not read cannot be embedded by the assembler") {
  check_nothing_shown(compiling("embed_shadow.c").ends_as({"COMPILE_ERROR"}).run());
  check_nothing_shown(compiling("embed_agent_memory.c").ends_as({"COMPILE_ERROR"}).run());
}

TEST_CASE("compile: a template bomb meets the compiler's limits") {
  compiling_without_end("template_bomb.cpp").ends_as({"COMPILE_TIME", "MEMORY_LIMIT"}).run();
}

TEST_CASE("compile: a macro bomb meets the compiler's limits") {
  compiling_without_end("macro_bomb.c").ends_as({"COMPILE_TIME", "MEMORY_LIMIT"}).run();
}

TEST_CASE("compile: a constexpr bomb meets the compiler's limits") {
  compiling_without_end("constexpr_bomb.cpp").ends_as({"COMPILE_TIME", "MEMORY_LIMIT"}).run();
}

TEST_CASE("compile: a program of 1 GiB is not made") {
  compiling("large_program.c").ends_as({"COMPILE_ERROR", "DISK_LIMIT", "MEMORY_LIMIT"}).run();
}

TEST_CASE("compile: a million errors are cut off") {
  std::string code = "int main(void) {\n";
  for (int i = 0; i < 9000; ++i)
    code += "x;\n";  // each is one error and two notes; the code's size is limited
  const auto ended =
      run("c", code + "}\n", R"("limits":{"compile_wall_ms":5000,"output_bytes":4096})");
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPILE_ERROR");
  CHECK(ended.text_below("compile.stderr").size() <= 4096);
  check_canaries("c", "");
}

TEST_CASE("compile: a file that includes itself ends") {
  compiling_without_end("include_itself.c").ends_as({"COMPILE_ERROR", "COMPILE_TIME"}).run();
}

TEST_CASE("compile: arguments that load, read or write elsewhere are refused") {
  for (const std::string argument :
       {"-fplugin=./x.so", "@arguments", "-o../../x", "-o", "-B/box", "-specs=x", "-wrapper",
        "-include/etc/passwd", "-I/", "-x", "-save-temps", "-Wl,--version-script=x", "-Wp,-M"})
    check_refused(R"("code":"int main(){}","compile_args":[")" + argument + "\"]",
                  "compile_args[0]");
}

TEST_CASE("compile: file names that the compiler would take for arguments are refused") {
  for (const std::string name : {"-fplugin=x.c", "@x.c", "-o.c", "--help.c"})
    check_refused(R"("files":[{"name":")" + name + R"(","content":"int main(){}"}])",
                  "files[0].name");
}

TEST_CASE("compile: what runs while compiling changes nothing and leaves nothing") {
  // An annotation processor, as compiled code among the sources: javac runs it. Its bytes come from
  // a first job.
  const std::string folder = "tests/attacks/programs/compile/";
  json::Writer files;
  const auto file = [&files](const std::string& name, const std::string& content,
                             const std::string& encoding) {
    files.begin_object()
        .member("name", name)
        .member("content", content)
        .member("encoding", encoding)
        .end_object();
  };
  files.begin_array();
  file("Main.java", file_of_checkout(folder + "Main.java"), "utf8");
  file("Evil.java", file_of_checkout(folder + "Evil.java"), "utf8");
  files.end_array();
  const auto made =
      run_body(R"({"language":"java","entry":"Main.java","artifacts":["Evil.class"],"files":)" +
               files.text() + "}");
  INFO(made.shown());
  REQUIRE(made.verdict() == "COMPLETED");
  REQUIRE(made.text_below("artifacts.0.encoding") == "base64");

  json::Writer evil;
  const auto add = [&evil](const std::string& name, const std::string& content,
                           const std::string& encoding) {
    evil.begin_object()
        .member("name", name)
        .member("content", content)
        .member("encoding", encoding)
        .end_object();
  };
  evil.begin_array();
  add("Main.java", file_of_checkout(folder + "Main.java"), "utf8");
  add("Evil.class", made.text_below("artifacts.0.content"), "base64");
  add("META-INF/services/javax.annotation.processing.Processor", "Evil\n", "utf8");
  evil.end_array();
  const auto ended =
      run_body(R"({"language":"java","entry":"Main.java","files":)" + evil.text() + "}");
  INFO(ended.shown());
  CHECK(ended.verdict() == "COMPLETED");
  const auto said = ended.text_below("compile.stderr");
  CHECK_THAT(said, contains("processor runs as "));  // else this test shows nothing
  CHECK(said.find("wrote ") == std::string::npos);
  CHECK(said.find("could not write") == std::string::npos);
  CHECK(said.find("no daemon") == std::string::npos);
  CHECK(ended.text("stdout") ==
        "2 processes\n");  // PID 1 and the program; nothing of the compile step
  check_canaries("python", "");
}
