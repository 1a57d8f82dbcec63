#include <sys/stat.h>

#include <filesystem>
#include <future>
#include <set>

#include "core/errors.hpp"
#include "fcgi-app/auth/secret_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;

namespace {

struct SecretFile {
  test::TempDir folder;
  std::string path = (folder.path() / "token").string();

  void write(const std::string& text, mode_t mode = 0600) const {
    folder.write("token", text);
    ::chmod(path.c_str(), mode);
  }
  std::string refusal() const {
    try {
      read_or_make_secret(path);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return {};
  }
};

}  // namespace

TEST_CASE("a secret that is missing is made for its owner alone and stays") {
  const SecretFile file;
  const auto secret = read_or_make_secret(file.path);
  CHECK(secret.size() == 64);
  CHECK(read_or_make_secret(file.path) == secret);
  struct stat status {};
  REQUIRE(::stat(file.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  // Nothing is left beside it.
  CHECK(std::distance(std::filesystem::directory_iterator(file.folder.path()), {}) == 1);
  CHECK(read_or_make_secret(SecretFile().path) != secret);
}

TEST_CASE("of many that make a secret at once all have the same") {
  for (int round = 0; round < 20; ++round) {
    const SecretFile file;
    std::vector<std::future<std::string>> makers;
    for (int i = 0; i < 8; ++i)
      makers.push_back(
          std::async(std::launch::async, [&] { return read_or_make_secret(file.path); }));
    std::set<std::string> secrets;
    for (auto& maker : makers) secrets.insert(maker.get());
    CHECK(secrets.size() == 1);
    CHECK(std::distance(std::filesystem::directory_iterator(file.folder.path()), {}) == 1);
  }
}

TEST_CASE("an operator's own secret is taken without its line end") {
  const SecretFile file;
  file.write(std::string(32, 's') + "\n");
  CHECK(read_or_make_secret(file.path) == std::string(32, 's'));
}

TEST_CASE("a secret that others may read or write is refused") {
  const SecretFile file;
  for (const mode_t mode : {0604, 0640, 0660, 0602, 0601, 0644}) {
    file.write(std::string(64, 's'), mode);
    CHECK_THAT(file.refusal(), test::contains("chmod 600"));
  }
}

TEST_CASE("a secret that is too short is refused and not replaced") {
  const SecretFile file;
  for (const std::string& text : {std::string(), std::string("\n"), std::string(31, 's') + "\n"}) {
    file.write(text);
    CHECK_THAT(file.refusal(), test::contains("at least 32"));
    CHECK(file.folder.read("token") == text);
  }
}

TEST_CASE("a secret that is no file or has no folder is refused") {
  const SecretFile file;
  std::filesystem::create_directory(file.path);
  CHECK_FALSE(file.refusal().empty());
  CHECK_THROWS_AS(read_or_make_secret(file.path + "/none/token"), ConfigError);
}
