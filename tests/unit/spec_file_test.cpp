#include "core/spec_file.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using runyard::test::TempDir;

namespace {

using Words = std::vector<std::string>;

struct Read {
  std::vector<Language> languages;
  std::vector<FieldError> errors;
};

Read read(const std::string& yaml) {
  TempDir folder;
  folder.write("spec.yaml", yaml);
  Read result;
  result.languages = load_spec(folder.path() / "spec.yaml", result.errors);
  return result;
}

/// The one mistake of one entry.
std::string mistake(const std::string& entry) {
  const auto result = read("x: " + entry + "\n");
  CHECK(result.languages.empty());
  REQUIRE(result.errors.size() == 1);
  CHECK_THAT(result.errors[0].field, test::contains("spec.yaml:1"));
  return result.errors[0].message;
}

}  // namespace

TEST_CASE("a spec file gives languages in images of one's own") {
  const auto result = read(
      "python3: {image: \"python:alpine\", cmd: '/bin/sh -c \"sleep 0.05; python3 main.py\"', "
      "filename: \"main.py\", language: \"python\"}\n"
      "go:\n  image: registry:5000/golang@sha256:0123\n  entrypoint: go\n  cmd: run main.go\n"
      "  filename: main.go\n  language: go\n  use: go\n");
  CHECK(result.errors.empty());
  REQUIRE(result.languages.size() == 2);
  const auto& python = result.languages[0];
  CHECK(python.id == "python3");
  CHECK(python.image_reference == "python:alpine");
  CHECK(python.image == "image:python:alpine");
  CHECK(python.version == "alpine");
  CHECK(python.source == "main.py");
  CHECK(python.run_argv == Words{"/bin/sh", "-c", "sleep 0.05; python3 main.py"});
  CHECK_FALSE(python.compile);
  CHECK(python.is_default);
  CHECK(python.maximum_limits.memory_kb > 0);
  CHECK_THAT(python.described_in, test::contains("spec.yaml:1"));
  CHECK(python.spec_fields ==
        std::map<std::string, std::string>{{"image", "python:alpine"},
                                           {"entrypoint", ""},
                                           {"filename", "main.py"},
                                           {"cmd", "/bin/sh -c \"sleep 0.05; python3 main.py\""},
                                           {"language", "python"},
                                           {"use", ""}});
  CHECK(result.languages[1].run_argv == Words{"go", "run", "main.go"});
  CHECK(result.languages[1].version == "0123");
  CHECK_THAT(result.languages[1].described_in, test::contains("spec.yaml:2"));
}

TEST_CASE("a mistake in a spec file names its line and takes that entry down alone") {
  CHECK_THAT(mistake("{cmd: a, filename: b}"), test::contains("\"x\": image is missing"));
  CHECK_THAT(mistake("{image: a, filename: b}"), test::contains("cmd is missing"));
  CHECK_THAT(mistake("{image: a, cmd: b}"), test::contains("filename is missing"));
  CHECK_THAT(mistake("{image: a, cmd: b, filename: ../c}"), test::contains("filename must be"));
  CHECK_THAT(mistake("{image: a, cmd: \"'b\", filename: c}"), test::contains("does not end"));
  CHECK_THAT(mistake("{image: a, cmd: [b], filename: c}"), test::contains("cmd must be a text"));
  CHECK_THAT(mistake("{image: a, cmd: b, filename: c, volume: d}"), test::contains("\"volume\""));
  CHECK_THAT(mistake("[]"), test::contains("must be a mapping"));
  for (const char* image : {"--privileged", "-v", "/a", "a b", "a,b", "a$(b)"})
    CHECK_THAT(mistake("{image: \"" + std::string(image) + "\", cmd: b, filename: c}"),
               test::contains("image is not"));
  const auto mixed = read(
      "Bad Key: {image: a, cmd: b, filename: c}\n"
      "good: {image: a, cmd: b, filename: c}\n");
  CHECK(mixed.errors.size() == 1);
  for (const char* key : {"-x", ".x", "\"a/b\"", "\"\"", "\"c+\""})
    CHECK(read(std::string(key) + ": {image: a, cmd: b, filename: c}\n").errors.size() == 1);
  REQUIRE(mixed.languages.size() == 1);
  CHECK(mixed.languages[0].version == "latest");
}

TEST_CASE("a spec file that cannot be read is a mistake, an empty one is not") {
  CHECK(read("").errors.empty());
  CHECK_THAT(read("a: [").errors.at(0).message, test::contains("is not YAML"));
  CHECK(read("- a\n").errors.size() == 1);
  std::vector<FieldError> errors;
  CHECK(load_spec("/absent/spec.yaml", errors).empty());
  CHECK(errors.size() == 1);
}

TEST_CASE("a language of the folder wins over one of the spec file") {
  TempDir folder;
  folder.write("python/language.json",
               R"({"id":"python","name":"P","aliases":["python3"],"version":"3","source":"m.py",)"
               R"("run":{"argv":["python3"]}})");
  folder.write("spec.yaml",
               "python3: {image: a, cmd: b, filename: c}\nmine: {image: a, cmd: b, filename: c}\n");
  std::vector<FieldError> errors;
  const auto catalog =
      load_languages(folder.path(), (folder.path() / "spec.yaml").string(), errors);
  CHECK(catalog.find("python3")->id == "python");
  CHECK(catalog.find("mine")->image_reference == "a");
  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0].field, test::contains("spec.yaml:1"));
  CHECK(errors[0].message == "the name \"python3\" belongs to \"python\"");
}

TEST_CASE("a command line is split as a shell would, and does no more") {
  CHECK(split_command("") == Words{});
  CHECK(split_command("  a\t b\n") == Words{"a", "b"});
  CHECK(split_command("a 'b c' \"d e\" f\\ g") == Words{"a", "b c", "d e", "f g"});
  CHECK(split_command("'' \"\"") == Words{"", ""});
  CHECK(split_command("a'b'\"c\"") == Words{"abc"});
  CHECK(split_command(R"("a\"b\\c\n" '\n')") == Words{R"(a"b\c\n)", R"(\n)"});
  CHECK(split_command("$HOME; `x` | * > y") == Words{"$HOME;", "`x`", "|", "*", ">", "y"});
  CHECK_THROWS_AS(split_command("a 'b"), std::invalid_argument);
  CHECK_THROWS_AS(split_command("a\\"), std::invalid_argument);
}
