// Who may submit before everybody else, over every interface that knows of priorities.
#include "tests/support/auth_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using test::AuthStack;

namespace {

constexpr char kPath[] = "/api/v1/executions";
constexpr char kHigh[] = R"({"language":"python","code":"x","priority":"high"})";

/// Its status, over each interface: alone, in a batch, live.
struct Answers {
  int alone = 0;
  int in_batch = 0;
  int live = 0;
  std::string detail;
};

Answers ask_all(AuthStack& stack, const test::Headers& headers = {}) {
  Answers answers;
  const auto alone = stack.ask("POST", kPath, kHigh, headers);
  answers.alone = alone.status;
  if (const auto body = json::parse(alone.body); const auto* detail = body.find("detail"))
    answers.detail = *detail->string();

  const auto batch = stack.ask("POST", std::string(kPath) + "/batch",
                               R"({"executions":[)" + std::string(kHigh) + "]}", headers);
  REQUIRE(batch.status == 202);
  const auto body = json::parse(batch.body);
  const auto& element = body.find("executions")->array()->at(0);
  const auto* error = element.find("error");
  answers.in_batch = error ? static_cast<int>(*error->find("status")->integer()) : batch.status;

  auto request = test::request_to("POST", kPath, kHigh, headers);
  request.remote_addr = stack.address;
  request.user = stack.vouched;
  request.live = "native";
  answers.live = stack.api.handle(request).status;
  return answers;
}

void check_refused(AuthStack& stack, const test::Headers& headers = {}) {
  const auto answers = ask_all(stack, headers);
  CHECK(answers.alone == 403);
  CHECK(answers.in_batch == 403);
  CHECK(answers.live == 403);
  CHECK(answers.detail.find("\"priority\"") != std::string::npos);
  CHECK(stack.executions.submitted().empty());
}

}  // namespace

TEST_CASE("nobody goes before others without the operator's grant") {
  AuthStack stack;
  SECTION("an address") { check_refused(stack); }
  SECTION("the web server's user") {
    stack.vouched = "anna";
    check_refused(stack);
  }
  SECTION("whoever signed in") {
    const auto user = std::get<User>(stack.accounts.add_user({"anna", "a@b.de", "", "x"}));
    check_refused(stack, stack.token(user.id));
  }
  SECTION("a key with every other scope") {
    check_refused(stack, stack.key("user:anna", {"read", "submit", "author", "account"}));
  }
}

TEST_CASE("a key that the operator gave the scope priority to goes before others") {
  AuthStack stack;
  const auto answers = ask_all(stack, stack.key("user:anna", {"submit", "priority"}));
  CHECK(answers.alone == 202);
  CHECK(answers.in_batch == 202);
  CHECK(answers.live == 202);
  REQUIRE(stack.executions.submitted().size() == 3);
  for (const auto& made : stack.executions.submitted())
    CHECK(made.submission.priority == Priority::kHigh);
}

TEST_CASE("a low priority is everybody's, and the scope priority alone submits nothing") {
  AuthStack stack;
  CHECK(stack.ask("POST", kPath, R"({"language":"python","code":"x","priority":"low"})").status ==
        202);
  CHECK(stack.ask("POST", kPath, kHigh, stack.key("user:anna", {"priority"})).status == 403);
}

TEST_CASE("nobody makes a key with the scope priority, whatever their own may do") {
  AuthStack stack;
  const std::string path = "/api/v1/auth/keys";
  const std::string body = R"({"name":"fast","scopes":["submit","priority"]})";
  const auto all = stack.key("user:anna", {"read", "submit", "author", "account", "priority"});
  const auto response = stack.ask("POST", path, body, all);
  CHECK(response.status == 403);
  CHECK(response.body.find("operator") != std::string::npos);
  stack.vouched = "anna";
  CHECK(stack.ask("POST", path, body).status == 403);
  CHECK(stack.accounts.keys("user:anna").size() == 1);
}
