#include "core/config.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using runyard::test::TempDir;

namespace {

struct Program {
  std::string name = "default";
  std::string level = "info";
  int slots = 4;
  double share = 0.5;
  bool loud = false;

  std::vector<Setting> settings() {
    return {text_setting("name", name, "Who it is."),
            choice_setting("level", level, {"debug", "info"}, "How much is said."),
            integer_setting("slots", slots, 1, 64, "How many at once."),
            real_setting("share", share, 0, 1, "Which part."),
            boolean_setting("loud", loud, "Whether to shout.")};
  }
  std::vector<FieldError> load(std::vector<std::string> arguments,
                               std::map<std::string, std::string> environment = {},
                               const std::vector<std::string>& shared = {}) {
    return load_config(settings(), {std::move(arguments), std::move(environment)}, shared);
  }
};

}  // namespace

TEST_CASE("without sources the defaults count") {
  Program p;
  CHECK(p.load({}).empty());
  CHECK(p.slots == 4);
  CHECK(p.name == "default");
}

TEST_CASE("flags win over the environment, and that over the file") {
  TempDir folder;
  folder.write("app.conf",
               "# comment\n\n name = from file = yes \nslots=1\nshare = 0.25\nloud = true\n");
  Program p;
  const auto file = "--config=" + (folder.path() / "app.conf").string();
  CHECK(p.load({"--slots=3", file}, {{"RUNYARD_SLOTS", "2"}, {"RUNYARD_SHARE", "1"}}).empty());
  CHECK(p.name == "from file = yes");
  CHECK(p.slots == 3);
  CHECK(p.share == 1);
  CHECK(p.loud);
}

TEST_CASE("the environment may name the file, and the flag wins there too") {
  TempDir folder;
  folder.write("a.conf", "name = a\n");
  folder.write("b.conf", "name = b");
  const std::map<std::string, std::string> environment = {
      {"RUNYARD_CONFIG", (folder.path() / "a.conf").string()}};
  Program p;
  CHECK(p.load({}, environment).empty());
  CHECK(p.name == "a");
  CHECK(p.load({"--config=" + (folder.path() / "b.conf").string()}, environment).empty());
  CHECK(p.name == "b");
}

TEST_CASE("all mistakes are reported at once, each with its source") {
  TempDir folder;
  folder.write("app.conf", "slots = 0\nnonsense\nunknown = 1\nshared = 2\nlevel = loudest\n");
  const auto path = (folder.path() / "app.conf").string();
  Program p;
  const auto errors = p.load({"--config=" + path, "--share=1.5", "--none=1", "stray", "--loud"},
                             {{"RUNYARD_LOUD", "yes"}, {"RUNYARD_OTHERS", "x"}}, {"shared"});
  std::map<std::string, std::string> found;
  for (const auto& error : errors) found[error.field] = error.message;
  CHECK(found[path + ":1"] == "slots must be an integer from 1 to 64, not \"0\"");
  CHECK(found[path + ":2"] == "is not of the form name = value");
  CHECK(found[path + ":3"] == "there is no setting unknown");
  CHECK(found.count(path + ":4") == 0);
  CHECK(found[path + ":5"] == "level must be one of debug info, not \"loudest\"");
  CHECK(found["--share"] == "share must be a number from 0 to 1, not \"1.5\"");
  CHECK(found["--none"] == "there is no such setting");
  CHECK(found["stray"] == "is not of the form --name=value");
  CHECK(found["--loud"] == "is not of the form --name=value");
  CHECK(found["RUNYARD_LOUD"] == "loud must be true or false, not \"yes\"");
  CHECK(errors.size() == 9);
  CHECK(p.slots == 4);  // a wrong value changes nothing
}

TEST_CASE("numbers are whole texts of their kind") {
  for (const char* wrong :
       {"", " 3", "3 ", "3x", "0x3", "3.0", "+3", "99999999999999999999", "65", "-1"}) {
    Program p;
    CHECK(p.load({std::string("--slots=") + wrong}).size() == 1);
  }
  for (const char* wrong : {"", "a", "0,5", "0.5x", "nan", "-0.1"}) {
    Program p;
    CHECK(p.load({std::string("--share=") + wrong}).size() == 1);
  }
}

TEST_CASE("a file that cannot be read is a mistake") {
  Program p;
  const auto errors = p.load({"--config=/no/such/file"});
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].field == "/no/such/file");
  CHECK(p.load({"--config=/"}).size() == 1);  // can be opened, but not read
}

TEST_CASE("help lists every setting with its default, from the same table") {
  Program p;
  const auto help = config_help("runyard-x", "does x", p.settings());
  CHECK_THAT(help, test::contains("runyard-x: does x"));
  for (const char* part : {"name (default)", "level (info)", "slots (4)", "share (0.5)",
                           "loud (false)", "How many at once."})
    CHECK_THAT(help, test::contains(part));
}

TEST_CASE("wrong settings stop the start and say so line by line") {
  Program p;
  CHECK(read_config("x", "y", p.settings(), {{"--slots=5"}, {}}));
  try {
    read_config("x", "y", p.settings(), {{"--slots=0", "--loud=no"}, {}});
    FAIL("accepted");
  } catch (const ConfigError& e) {
    CHECK(std::string(e.what()) ==
          "x: --slots: slots must be an integer from 1 to 64, not \"0\"\n"
          "x: --loud: loud must be true or false, not \"no\"");
  }
}

TEST_CASE("an older program's variable means the same as our own") {
  int slots = 4;
  std::string db = "ours";
  const std::vector<Setting> settings = {
      with_alias(integer_setting("slots", slots, 1, 64, "How many."), "RUNNER_WORKER_COUNT"),
      with_alias(text_setting("db", db, "Where."), "RUNNER_DB_DSN")};
  const auto load = [&](std::map<std::string, std::string> environment) {
    return load_config(settings, {{}, std::move(environment)});
  };
  CHECK(load({{"RUNNER_WORKER_COUNT", "7"}, {"RUNNER_DB_DSN", "theirs"}}).empty());
  CHECK(slots == 7);
  CHECK(db == "theirs");
  CHECK(load({{"RUNNER_WORKER_COUNT", "8"}, {"RUNYARD_SLOTS", "8"}}).empty());
  const auto two = load({{"RUNNER_WORKER_COUNT", "7"}, {"RUNYARD_SLOTS", "8"}});
  REQUIRE(two.size() == 1);
  CHECK(two[0].field == "RUNNER_WORKER_COUNT");
  CHECK(two[0].message == "is not what RUNYARD_SLOTS says, which means the same: set one of them");
  const auto wrong = load({{"RUNNER_WORKER_COUNT", "many"}});
  REQUIRE(wrong.size() == 1);
  CHECK(wrong[0].field == "RUNNER_WORKER_COUNT");
  CHECK(config_help("p", "q", settings).find("The same: RUNNER_DB_DSN") != std::string::npos);
}

TEST_CASE("an unknown variable of the older program is named") {
  const auto unknown = unknown_older_variables({{},
                                                {{"RUNNER_SANDBOX_MEMORY", "1M"},
                                                 {"RUNNER_SANDBOX_MEMROY", "1M"},
                                                 {"OTHER_RUNNER_X", "1"}}});
  CHECK(unknown == std::vector<std::string>{"RUNNER_SANDBOX_MEMROY"});
}

TEST_CASE("a size is bytes or has a unit") {
  std::int64_t size = 100 * 1024;
  const auto setting = memory_setting("m", size, 1024, 1024 * 1024, "Memory.");
  CHECK(setting.shown_default == "100M");
  for (const auto& [text, kb] : std::map<std::string, std::int64_t>{{"128M", 128 * 1024},
                                                                    {"64m", 64 * 1024},
                                                                    {"1G", 1024 * 1024},
                                                                    {"2048k", 2048},
                                                                    {"4194304", 4096},
                                                                    {"4194304b", 4096}}) {
    INFO(text);
    CHECK(setting.parse(text).empty());
    CHECK(size == kb);
  }
  for (const char* text : {"", "M", "1", "2G", "-5M", "1.5M", "100MB", "99999999999999999999G",
                           "17179869185G", " 5M"}) {
    INFO(text);
    CHECK(setting.parse(text) ==
          "must be a size from 1M to 1024M: a number of bytes, or one with K, M or G behind it");
  }
}
