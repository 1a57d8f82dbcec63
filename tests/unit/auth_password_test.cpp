#include <future>
#include <vector>

#include "fcgi-app/auth/password.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE("a password matches its own hash only") {
  const auto hash = hash_password("correct horse");
  CHECK(hash.rfind("$y$", 0) == 0);  // yescrypt
  CHECK(matches_password("correct horse", hash));
  CHECK_FALSE(matches_password("correct horsf", hash));
  CHECK_FALSE(matches_password("", hash));
  CHECK_FALSE(matches_password("Correct horse", hash));
}

TEST_CASE("two hashes of one password differ") {
  CHECK(hash_password("correct horse") != hash_password("correct horse"));
}

TEST_CASE("every byte of the longest password counts") {
  const std::string longest(kMaxPasswordBytes, 'a');
  auto other = longest;
  other.back() = 'b';
  const auto hash = hash_password(longest);
  CHECK(matches_password(longest, hash));
  CHECK_FALSE(matches_password(other, hash));
  CHECK_FALSE(matches_password(std::string(kMaxPasswordBytes - 1, 'a'), hash));
}

TEST_CASE("what is no hash matches nothing") {
  for (const char* hash : {"", "*", "*0", "x", "$y$", "$y$j9T$", "$unknown$salt$hash"})
    CHECK_FALSE(matches_password("", hash));
}

TEST_CASE("a user that does not exist is a wrong password, whatever was typed") {
  PasswordHasher hasher(1, 1);
  const auto stored = *hasher.hash("correct horse");
  CHECK(hasher.check("correct horse", stored) == PasswordHasher::Check::kRight);
  CHECK(hasher.check("other horse", stored) == PasswordHasher::Check::kWrong);
  CHECK(hasher.check("correct horse", std::nullopt) == PasswordHasher::Check::kWrong);
}

TEST_CASE("who finds no turn and no place to wait is sent away") {
  PasswordHasher full(0, 0);
  CHECK_FALSE(full.hash("correct horse"));
  CHECK(full.check("correct horse", std::nullopt) == PasswordHasher::Check::kBusy);
}

TEST_CASE("a turn is given back, and those who wait for it get theirs") {
  PasswordHasher one(1, 0);
  for (int i = 0; i < 3; ++i) CHECK(one.hash("correct horse"));
  PasswordHasher hasher(1, 7);
  std::vector<std::future<bool>> threads;
  for (int i = 0; i < 8; ++i)
    threads.push_back(
        std::async(std::launch::async, [&] { return hasher.hash("correct horse").has_value(); }));
  for (auto& thread : threads) CHECK(thread.get());
}
