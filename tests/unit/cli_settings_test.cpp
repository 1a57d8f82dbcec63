#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

#include "cli/failure.hpp"
#include "cli/settings.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::cli;
using test::contains;

namespace {

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "not refused";
}

}  // namespace

TEST_CASE("cli: settings are kept where nobody else reads them, and read again") {
  const test::TempDir folder;
  const auto path = (folder.path() / "new" / "runyard" / "cli.conf").string();
  CHECK(read_settings(path).url.empty());
  write_settings(path, {"https://a.example", "ry_1", "id", "anna", "/ca.pem"});
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(std::filesystem::path(path).parent_path().string()) == 0700);
  const auto read = read_settings(path);
  CHECK(read.url == "https://a.example");
  CHECK(read.key == "ry_1");
  CHECK(read.key_id == "id");
  CHECK(read.ca_file == "/ca.pem");
  write_settings(path, {"https://b.example", "", "", "", ""});
  CHECK(read_settings(path).key.empty());
  CHECK_THAT(refusal([&] {
               write_settings(path, {"", "", "id\nurl = http://evil", "", ""});
             }),
             contains("key_id: must not have control characters"));
  CHECK(read_settings(path).url == "https://b.example");
}

TEST_CASE("cli: what lies where settings are written first is no way to elsewhere") {
  const test::TempDir folder;
  folder.write("elsewhere", "old");
  const auto path = (folder.path() / "cli.conf").string();
  std::filesystem::create_symlink(folder.path() / "elsewhere", path + ".new");
  write_settings(path, {"https://a.example", "ry_1", "", "", ""});
  CHECK(read_settings(path).key == "ry_1");
  CHECK(folder.read("elsewhere") == "old");
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("cli: another user's settings file is refused") {
  const test::TempDir folder;
  folder.write("cli.conf", "key = ry_1\n");
  const auto path = (folder.path() / "cli.conf").string();
  ::chmod(path.c_str(), 0600);
  if (::chown(path.c_str(), ::geteuid() + 1, static_cast<gid_t>(-1)) != 0) {
    std::cout << "NOT_RUN: only root gives files away\n";
    return;
  }
  CHECK_THAT(refusal([&] { read_settings(path); }), contains("belongs to another user"));
}

TEST_CASE("cli: a settings file that others may read, or that is none, is refused") {
  const test::TempDir folder;
  folder.write("cli.conf", "key = ry_1\n");
  const auto path = (folder.path() / "cli.conf").string();
  for (const unsigned mode : {0640U, 0604U, 0620U, 0660U}) {
    ::chmod(path.c_str(), mode);
    CHECK_THAT(refusal([&] { read_settings(path); }), contains("chmod 600 " + path));
  }
  ::chmod(path.c_str(), 0600);
  CHECK(read_settings(path).key == "ry_1");
  CHECK_THAT(refusal([&] { read_settings(folder.path().string()); }), contains("no plain file"));
  folder.write("cli.conf", "# a comment\n\nkez = ry_1\n");
  ::chmod(path.c_str(), 0600);
  CHECK_THAT(refusal([&] { read_settings(path); }),
             contains("cli.conf:3: there is no setting kez"));
}

TEST_CASE("cli: options win over the environment, that over the file") {
  const StoredSettings stored{"https://file.example", "filekey", "", "", "/file.pem"};
  CHECK(choose_server("", "", variables({}), {}).url == "http://localhost:8080");
  CHECK(choose_server("", "", variables({}), stored).url == "https://file.example");
  const auto both = variables({{"RUNYARD_URL", "https://env.example/"},
                               {"RUNYARD_API_KEY", "envkey"},
                               {"RUNYARD_CA_FILE", "/env.pem"}});
  const auto from_environment = choose_server("", "", both, stored);
  CHECK(from_environment.url == "https://env.example");
  CHECK(from_environment.key == "envkey");
  CHECK(from_environment.ca_file == "/env.pem");
  CHECK(choose_server("http://option.example", "/o.pem", both, stored).url ==
        "http://option.example");
  CHECK(choose_server("http://option.example", "/o.pem", both, stored).ca_file == "/o.pem");
}

TEST_CASE("cli: the key of the file goes to the file's server alone") {
  const StoredSettings stored{"https://file.example", "filekey", "", "", ""};
  CHECK(choose_server("", "", variables({}), stored).key == "filekey");
  CHECK(choose_server("https://file.example/", "", variables({}), stored).key == "filekey");
  for (const char* other : {"http://file.example", "https://file.example:444",
                            "https://file.example.evil.example", "https://evil.example"})
    CHECK(choose_server(other, "", variables({}), stored).key.empty());
}

TEST_CASE("cli: what can be no address or no key is refused") {
  for (const char* url : {"localhost:8080", "ftp://a", "http://", "http:///x", "http://:80",
                          "http://user@a", "http://a?x", "http://a#x", "http://a b", "http://a\nb",
                          "http://a\\@b", "file:///etc/passwd", ""}) {
    INFO(url);
    CHECK_THAT(refusal([&] { checked_url(url, "--url"); }), contains("--url: "));
  }
  CHECK(checked_url("http://a/prefix//", "--url") == "http://a/prefix");
  for (const char* key : {"", "a b", "a\r\nX: y", "\xc3\xa4"})
    CHECK_THAT(refusal([&] { checked_key(key, "RUNYARD_API_KEY"); }),
               contains("RUNYARD_API_KEY: is no API key"));
}

TEST_CASE("cli: the settings stand where XDG has them") {
  CHECK(settings_path(variables({{"HOME", "/h"}})) == "/h/.config/runyard/cli.conf");
  CHECK(settings_path(variables({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}})) ==
        "/x/runyard/cli.conf");
  CHECK(settings_path(variables({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "x"}})) ==
        "/h/.config/runyard/cli.conf");
  CHECK_THAT(refusal([] { settings_path(variables({})); }), contains("HOME is not set"));
}
