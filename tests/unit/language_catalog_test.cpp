#include "core/language.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using runyard::test::TempDir;

namespace {

std::string manifest(const std::string& id, const std::string& more = "",
                     const std::string& version = "1") {
  return R"({"id":")" + id + R"(","name":"X","version":")" + version +
         R"(","source":"main.x","run":{"argv":["x","{source}"]})" + more + "}";
}

Language language(const std::string& id, const std::string& version, bool is_default = true,
                  std::vector<std::string> aliases = {}) {
  Language language;
  language.id = language.image = id;
  language.version = version;
  language.is_default = is_default;
  language.aliases = std::move(aliases);
  language.described_in = id + "-" + version;
  return language;
}

/// What is left of these languages ("id-version"), and what is said of the others.
std::vector<std::string> accepted(std::vector<Language> languages,
                                  std::vector<FieldError>& errors) {
  const LanguageCatalog catalog(std::move(languages), &errors);
  std::vector<std::string> names;
  for (const auto* one : catalog.every_version()) names.push_back(one->described_in);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a broken folder is left out, and the others are there") {
  TempDir folder;
  folder.write("x/language.json", manifest("x", R"(,"aliases":["Ex"])"));
  folder.write("x/hello.x", "say hello");
  folder.write("broken/language.json", "{");
  folder.write("other/language.json", manifest("y"));
  folder.write("no-manifest/README", "");
  std::vector<FieldError> errors;
  const auto catalog = LanguageCatalog::load(folder.path(), errors);
  CHECK(catalog.all().size() == 1);
  CHECK(catalog.find("EX")->sample == "say hello");
  REQUIRE(errors.size() == 2);
  for (const auto& error : errors) CHECK_THAT(error.field, test::contains("language.json"));
  errors.clear();
  CHECK(LanguageCatalog::load(folder.path() / "absent", errors).all().empty());
  CHECK(errors.size() == 1);
}

TEST_CASE("a language is found by id and alias, whatever the case") {
  std::vector<FieldError> errors;
  auto one = parse_language(manifest("one", R"(,"aliases":["Uno"])"), errors);
  auto two = parse_language(manifest("two"), errors);
  const LanguageCatalog catalog({two, one});
  CHECK(catalog.find("ONE")->id == "one");
  CHECK(catalog.find("uno")->id == "one");
  CHECK(catalog.find("two")->id == "two");
  CHECK(catalog.find("three") == nullptr);
  CHECK(catalog.find("") == nullptr);
  CHECK(catalog.all()[0].id == "one");
}

TEST_CASE("the nearest names are suggested, three at most") {
  std::vector<FieldError> errors;
  std::vector<Language> languages;
  for (const char* id : {"python", "javascript", "java", "cpp", "bash"})
    languages.push_back(parse_language(manifest(id), errors));
  const LanguageCatalog catalog(languages);
  CHECK(catalog.nearest("pyton").at(0) == "python");
  CHECK(catalog.nearest("Jav").at(0) == "java");
  CHECK(catalog.nearest("python").size() == 3);
  CHECK(catalog.nearest(std::string(1'000'000, 'x')).size() == 3);
  CHECK(LanguageCatalog().nearest("x").empty());
}

TEST_CASE("versions of one id stand side by side, and the name alone means the default") {
  const LanguageCatalog catalog({language("py", "3.9.2", false), language("py", "3.11.2", false),
                                 language("py", "3.13.5", true, {"python"}),
                                 language("bash", "5.2")});
  CHECK(catalog.all().size() == 2);
  CHECK(catalog.find("py")->version == "3.13.5");
  CHECK(catalog.find("python", "")->version == "3.13.5");
  Names versions;
  for (const auto* one : catalog.versions("py")) versions.push_back(one->version);
  CHECK(versions == Names{"3.13.5", "3.11.2", "3.9.2"});
  CHECK(catalog.versions("python").empty());
  CHECK(catalog.every_version().size() == 4);

  const auto version = [&](const char* asked) {
    const auto* found = catalog.find("python", asked);
    return found ? found->version : std::string("none");
  };
  CHECK(version("3") == "3.13.5");
  CHECK(version("3.11") == "3.11.2");
  CHECK(version("3.11.2") == "3.11.2");
  CHECK(version("3.9") == "3.9.2");
  CHECK(version("3.1") == "none");
  CHECK(version("4") == "none");
  CHECK(catalog.find("absent", "1") == nullptr);
}

TEST_CASE("a version that is there exactly comes before one that merely fits") {
  const LanguageCatalog catalog({language("j", "21.0"), language("j", "21", false)});
  CHECK(catalog.find("j", "21")->version == "21");
  CHECK(catalog.find("j", "21.0")->version == "21.0");
  // The highest of those that fit, where the default does not.
  const LanguageCatalog gcc(
      {language("c", "15.1"), language("c", "14.9", false), language("c", "14.10", false)});
  CHECK(gcc.find("c", "14")->version == "14.10");
}

TEST_CASE("an alias of another version means that version") {
  const LanguageCatalog catalog({language("py", "3.13", true, {"python", "py3"}),
                                 language("py", "3.11", false, {"PY3.11", "py3"})});
  CHECK(catalog.find("py3.11")->version == "3.11");
  CHECK(catalog.find("py3")->version == "3.13");
  CHECK(catalog.find("py3.11", "3")->version == "3.11");
  CHECK(catalog.find("py3.11", "3.13")->version == "3.13");
}

TEST_CASE("what cannot stand beside the others is left out alone and said") {
  std::vector<FieldError> errors;
  SECTION("the same version twice") {
    CHECK(accepted({language("a", "1"), language("a", "1", false)}, errors) == Names{"a-1"});
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].message == "version 1 of \"a\" stands twice");
  }
  SECTION("two defaults: the higher version stays") {
    CHECK(accepted({language("a", "1"), language("a", "2"), language("b", "1")}, errors) ==
          Names{"a-2", "b-1"});
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].field == "a-1");
    CHECK_THAT(errors[0].message, test::contains("\"default\": false"));
  }
  SECTION("no default") {
    CHECK(accepted({language("a", "1", false), language("b", "1")}, errors) == Names{"b-1"});
    REQUIRE(errors.size() == 1);
    CHECK_THAT(errors[0].message, test::contains("no default version"));
  }
  SECTION("an alias that is another one's id, wherever it stands") {
    CHECK(accepted({language("a", "1", true, {"B"}), language("b", "1")}, errors) == Names{"b-1"});
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].message == "the name \"B\" belongs to \"b\"");
  }
  SECTION("an alias that is another one's alias; the other versions go with their default") {
    CHECK(accepted({language("a", "1", true, {"x"}), language("b", "2", true, {"X"}),
                    language("b", "1", false)},
                   errors) == Names{"a-1"});
    CHECK(errors.size() == 2);
  }
  SECTION("an operator's own language gives way to ours") {
    auto foreign = language("py3", "alpine");
    foreign.image_reference = "python:alpine";
    auto good = language("a", "alpine");
    good.image_reference = "a:alpine";
    CHECK(accepted({foreign, good, language("python", "3", true, {"py3"})}, errors) ==
          Names{"a-alpine", "python-3"});
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].field == "py3-alpine");
  }
}

TEST_CASE("a folder of another version may have any name, the default's only its id") {
  TempDir folder;
  folder.write("x/language.json", manifest("x", "", "2"));
  folder.write("x-1/language.json", manifest("x", R"(,"default":false)", "1"));
  folder.write("x-1/hello.x", "say hello to 1");
  folder.write("wrong/language.json", manifest("x", "", "3"));
  std::vector<FieldError> errors;
  const auto catalog = LanguageCatalog::load(folder.path(), errors);
  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0].message, test::contains("unless \"default\" is false"));
  REQUIRE(catalog.versions("x").size() == 2);
  CHECK(catalog.find("x")->image == "x");
  CHECK(catalog.find("x", "1")->image == "x-1");
  CHECK(catalog.find("x", "1")->sample == "say hello to 1");
}

TEST_CASE("the languages of this project are right") {
  std::vector<FieldError> errors;
  const auto catalog = LanguageCatalog::load(test::source_path("docker/languages"), errors);
  for (const auto& error : errors) FAIL(error.field + ": " + error.message);
  for (const char* id : {"python", "javascript", "typescript", "c", "cpp", "java", "bash"}) {
    const auto* language = catalog.find(id);
    REQUIRE(language);
    CHECK_FALSE(language->sample.empty());
    for (const auto& field : kLimitFields)
      CHECK(language->default_limits.*field.member <= language->maximum_limits.*field.member);
  }
}
