#include "core/language.hpp"

#include "core/json.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

constexpr char kCpp[] = R"x({
  "id": "cpp", "name": "C++ (GCC)", "aliases": ["C++", "g++"], "version": "14.2", "source": "main.cpp",
  "compile": {"argv": ["g++", "{compile_args}", "-o", "main", "{sources}"], "outputs": ["main"],
              "allowed_args": ["-O2"], "memory_kb": 524288, "wall_ms": 15000},
  "run": {"argv": ["./main"]}, "environment": {"LANG": "C"},
  "limits": {"default": {"memory_kb": 262144}, "maximum": {"memory_kb": 2097152, "wall_ms": 90000}},
  "cpus": 0.5, "warm": 2, "out_of_memory": {"exit_codes": [3], "signals": [6], "stderr": "bad_alloc"}
})x";

std::string manifest(const std::string& id, const std::string& more = "") {
  return R"({"id":")" + id +
         R"(","name":"X","version":"1","source":"main.x","run":{"argv":["x","{source}"]})" + more +
         "}";
}

/// The mistakes of a manifest, "field rule" each.
std::vector<std::string> mistakes(const std::string& text) {
  std::vector<FieldError> errors;
  parse_language(text, errors);
  std::vector<std::string> found;
  for (const auto& error : errors) found.push_back(error.field + " " + error.message);
  return found;
}

std::string mistake(const std::string& text) {
  const auto found = mistakes(text);
  return found.size() == 1 ? found[0] : std::to_string(found.size()) + " mistakes";
}

ArgvContext context() {
  ArgvContext c;
  c.source = "src/main.cpp";
  c.sources = {"src/main.cpp", "b.cpp"};
  c.compile_args = {"-O2", "-std=c++17"};
  c.memory_kb = 256 * 1024;
  return c;
}

}  // namespace

TEST_CASE("a whole manifest is read") {
  std::vector<FieldError> errors;
  const auto language = parse_language(kCpp, errors);
  REQUIRE(errors.empty());
  CHECK(language.image == "cpp");
  CHECK(language.compile->outputs == std::vector<std::string>{"main"});
  CHECK(language.compile->memory_kb == 524288);
  CHECK(language.default_limits.memory_kb == 262144);
  CHECK(language.default_limits.compile_wall_ms == 15000);
  CHECK(language.maximum_limits.memory_kb == 2097152);
  CHECK(language.maximum_limits.processes == 256);
  CHECK(language.cpus == 0.5);
  CHECK(language.warm == 2);
  CHECK(language.out_of_memory->exit_codes == std::vector<int>{3});
}

TEST_CASE("a manifest's mistakes are all reported, with their paths") {
  CHECK(mistakes("{}").size() == 5);
  CHECK(mistakes("[]").size() >= 1);
  CHECK_THAT(mistake("{"), test::contains("is not JSON"));
  CHECK_THAT(mistake(manifest("a b")), test::contains("id may hold lower-case letters"));
  CHECK_THAT(mistake(manifest("../x")), test::contains("id may hold"));
  CHECK_THAT(mistake(manifest("x", R"(,"image":"A/B")")), test::contains("image must be the name"));
  CHECK_THAT(mistake(manifest("x", R"(,"colour":1)")), test::contains("colour is not a field"));
  CHECK_THAT(mistake(manifest("x", R"(,"warm":257)")),
             test::contains("warm must be an integer from 0 to 256"));
  CHECK_THAT(mistake(manifest("x", R"(,"warm":"1")")), test::contains("warm must be an integer"));
  CHECK_THAT(mistake(manifest("x", R"(,"cpus":0)")), test::contains("cpus must be a number"));
  CHECK_THAT(mistake(manifest("x", R"(,"aliases":"x")")),
             test::contains("aliases must be an array"));
  CHECK_THAT(mistake(manifest("x", R"(,"environment":{"A":1})")),
             test::contains("environment.A must be a text"));
  CHECK_THAT(mistake(manifest("x", R"(,"limits":{"default":{"wall_ms":0}})")),
             test::contains("limits.default.wall_ms"));
  CHECK_THAT(mistake(manifest("x", R"(,"limits":{"default":{"memory_kb":9000000}})")),
             test::contains("limits.default.memory_kb"));
  CHECK_THAT(mistake(manifest("x", R"(,"limits":{"maximum":{"processes":5000}})")),
             test::contains("limits.maximum.processes"));
  CHECK_THAT(mistake(manifest("x", R"(,"limits":{"default":{"walls":1}})")),
             test::contains("limits.default.walls"));
  CHECK_THAT(mistake(manifest("x", R"(,"compile":{"argv":[],"outputs":["a"]})")),
             test::contains("compile.argv"));
  CHECK_THAT(mistake(manifest("x", R"(,"out_of_memory":{"exit_codes":[1]})")),
             test::contains("out_of_memory.stderr is missing"));
}

TEST_CASE("a default never lies above its maximum") {
  std::vector<FieldError> errors;
  const auto small =
      parse_language(manifest("x", R"(,"limits":{"maximum":{"memory_kb":65536}})"), errors);
  CHECK(errors.empty());
  CHECK(small.default_limits.memory_kb == 65536);
  CHECK_THAT(mistake(manifest("x", R"(,"compile":{"argv":["c"],"outputs":["a"],"wall_ms":90000})")),
             test::contains("compile.wall_ms must be at most 60000"));
}

TEST_CASE("placeholders are filled in") {
  CHECK(expand_argv({"cc", "{compile_args}", "-o", "{stem}.out", "{sources}"}, context()) ==
        std::vector<std::string>{"cc", "-O2", "-std=c++17", "-o", "src/main.out", "src/main.cpp",
                                 "b.cpp"});
  CHECK(expand_argv({"-Xmx{memory_mb}m", "{heap_mb}:{heap_mb}", "{source}", "{unknown}", "{", ""},
                    context()) ==
        std::vector<std::string>{"-Xmx256m", "192:192", "src/main.cpp", "{unknown}", "{", ""});
  auto small = context();
  small.memory_kb = 64 * 1024;
  small.compile_args.clear();
  CHECK(expand_argv({"{heap_mb}", "{compile_args}"}, small) == std::vector<std::string>{"32"});
}

TEST_CASE("what stands in for a placeholder is not looked at again") {
  auto odd = context();
  odd.source = "{stem}{memory_mb}.py";
  odd.sources = {"{source}"};
  odd.compile_args = {"{sources}"};
  CHECK(expand_argv({"{source}", "{sources}", "{compile_args}"}, odd) ==
        std::vector<std::string>{"{stem}{memory_mb}.py", "{source}", "{sources}"});
}

TEST_CASE("a manifest says whether it is its id's default, and which image it shares") {
  std::vector<FieldError> errors;
  CHECK(parse_language(manifest("x"), errors).is_default);
  const auto other = parse_language(manifest("x", R"(,"default":false)"), errors, "x-3.11");
  CHECK_FALSE(other.is_default);
  CHECK(other.image == "x-3.11");
  CHECK(parse_language(manifest("x", R"(,"image":"y-1.2")"), errors, "x").image == "y-1.2");
  CHECK(errors.empty());
  CHECK_THAT(mistake(manifest("x", R"(,"default":1)")),
             test::contains("default must be true or false"));
  CHECK_THAT(mistake(manifest("x", R"(,"image":"../x")")), test::contains("image must be"));
  CHECK_THAT(mistake(manifest("x", R"(,"image":".x")")), test::contains("image must be"));
}

TEST_CASE("compiled files are named by one star in the last component, in every folder if asked") {
  const auto with = [](const std::string& output) {
    return mistakes(manifest("x", R"(,"compile":{"argv":["c"],"outputs":[")" + output + R"("]})"));
  };
  for (const char* good : {"main", "*.class", "out/*.o", "**/*.class", "**/main"})
    CHECK(with(good).empty());
  for (const char* bad : {"", "*/x", "a*b*", "**", "x/**/y", "**/", "/main", "**/*/x"})
    CHECK_FALSE(with(bad).empty());
}
