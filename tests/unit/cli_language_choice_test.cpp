#include <map>

#include "cli/failure.hpp"
#include "cli/language_choice.hpp"
#include "core/language.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

using namespace runyard;
using cli::choose_language;
using test::contains;

namespace {

json::Value languages() {
  return json::parse(R"({"languages":[
    {"id":"c","aliases":["gcc"],"file_name":"main.c"},
    {"id":"csharp","aliases":["cs"],"file_name":"main.cs"},
    {"id":"dotnet","aliases":[],"file_name":"main.cs"},
    {"id":"java","aliases":["jdk"],"file_name":"Main.java"},
    {"id":"octave","aliases":["matlab"],"file_name":"main.m"},
    {"id":"objc","aliases":[],"file_name":"main.mm"},
    {"id":"objcpp","aliases":[],"file_name":"other.mm"},
    {"id":"r","aliases":[],"file_name":"main.R"}]})");
}

std::string refusal(const std::string& file) {
  try {
    return "chose " + choose_language(languages(), file);
  } catch (const cli::Failure& failure) {
    return failure.what();
  }
}

}  // namespace

TEST_CASE("cli: a suffix names its language as id, as alias or by the language's own file") {
  CHECK(choose_language(languages(), "a.c") == "c");
  CHECK(choose_language(languages(), "some.dir/hello.java") == "java");
  CHECK(choose_language(languages(), "plot.R") == "r");
  CHECK(choose_language(languages(), "plot.r") == "r");
  CHECK(choose_language(languages(), "x.m") == "octave");
  // An alias is what its operator wrote down: it counts before the other's file.
  CHECK(choose_language(languages(), "Program.cs") == "csharp");
}

TEST_CASE("cli: an unknown, a missing and an ambiguous suffix say what to do") {
  CHECK_THAT(refusal("a.h"),
             contains("a.h: no language is known by the suffix .h") && contains("--language"));
  CHECK_THAT(refusal("dir.c/script"), contains("has no suffix") && contains("--language"));
  CHECK_THAT(refusal(".c"), contains("has no suffix"));
  CHECK_THAT(refusal("a.mm"), contains("several languages: use --language objc or objcpp"));
  CHECK_THAT(refusal("a."), contains("has no suffix"));
}

TEST_CASE("cli: every language of ours is known by the suffix of its own file, or told apart") {
  std::vector<FieldError> errors;
  const auto catalog = LanguageCatalog::load(test::source_path("docker/languages"), errors);
  json::Writer writer;
  writer.begin_object().key("languages").begin_array();
  for (const auto& language : catalog.all()) {
    writer.begin_object().member("id", language.id).member("file_name", language.source);
    writer.key("aliases").begin_array();
    for (const auto& alias : language.aliases) writer.string(alias);
    writer.end_array().end_object();
  }
  writer.end_array().end_object();
  const auto all = json::parse(writer.text());
  // The second of two that share one.
  const std::map<std::string, std::string> others{
      {"dotnet", "csharp"}, {"prolog", "perl"}, {"python-data", "python"}};
  CHECK(catalog.all().size() > 30);
  for (const auto& language : catalog.all()) {
    INFO(language.id);
    const auto other = others.find(language.id);
    CHECK(choose_language(all, language.source) ==
          (other == others.end() ? language.id : other->second));
  }
  for (const auto& [file, id] : std::map<std::string, std::string>{
           {"a.cc", "cpp"}, {"a.cxx", "cpp"}, {"a.sh", "bash"}, {"a.exs", "elixir"}})
    CHECK(choose_language(all, file) == id);
}
