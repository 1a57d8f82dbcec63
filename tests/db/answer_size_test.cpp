// What is read of large results, over a real database.
#include "core/execution_json.hpp"
#include "fcgi-app/answer_room.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stored_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

std::string submit(StoredApi& stack) {
  const auto answer =
      stack.ask("POST", "/api/v1/executions", R"j({"language":"python","code":"print(1)"})j");
  REQUIRE(answer.status == 202);
  return text_of(answer, "execution_id");
}

/// As much as a program can leave, all of it control characters.
Result largest() {
  auto result = completed(std::string(1 << 20, '\x01'));
  result.errors = std::string(1 << 20, '\x02');
  result.artifacts = {{"out/a b.bin", std::string(8 << 20, '\x03')}, {"gone", "", "is not there"}};
  result.compile.emplace();
  result.compile->errors = std::string(1 << 20, '\x04');
  return result;
}

Response ask_with(StoredApi& stack, const std::string& path, Headers headers) {
  auto request = request_to("GET", path, "", std::move(headers));
  request.remote_addr = stack.address;
  return stack.api->handle(request);
}

}  // namespace

TEST_CASE("the largest result is within the largest answer, and its parts are whole by route") {
  StoredApi stack;
  const auto id = submit(stack);
  const auto path = "/api/v1/executions/" + id;
  CHECK(stack.ask("GET", path + "/stdout").status == 404);  // not over
  stack.finish(largest());
  const auto shown = stack.ask("GET", path);
  REQUIRE(shown.status == 200);
  CHECK(shown.body.size() <= kMaxAnswerBytes);
  const auto out = stack.ask("GET", path + "/stdout");
  CHECK(out.status == 200);
  CHECK(out.body == std::string(1 << 20, '\x01'));
  CHECK(*out.header("Content-Type") == "application/octet-stream");
  CHECK_THAT(*out.header("Content-Disposition"), contains("attachment"));
  CHECK(stack.ask("GET", path + "/stderr").body == std::string(1 << 20, '\x02'));
  const auto file = stack.ask("GET", path + "/artifacts/out%2Fa%20b.bin");
  CHECK(file.body == std::string(8 << 20, '\x03'));
  CHECK_THAT(*file.header("Content-Disposition"), contains("a%20b.bin"));
  CHECK(stack.ask("GET", path + "/artifacts/none").status == 404);
  CHECK(stack.ask("GET", path + "/artifacts/gone").status == 404);
  // Another's are as if they were not there.
  CHECK(stack.ask_as("192.0.2.9", "GET", path + "/stdout").status == 404);
  CHECK(stack.ask_as("192.0.2.9", "GET", path + "/artifacts/out%2Fa%20b.bin").status == 404);
  CHECK(stack.ask("GET", path + "/stdout?x=1").status == 422);
}

TEST_CASE("a range of a part is given, and what is beyond it is 416") {
  StoredApi stack;
  const auto id = submit(stack);
  auto result = completed("0123456789");
  result.artifacts = {{"f", std::string("ab\0\xff\xc3", 5)}, {"text", "\xc3\xa4 \xe2\x82\xac"}};
  stack.finish(result);
  const auto path = "/api/v1/executions/" + id;
  const auto range = [&](const std::string& part, const std::string& bytes) {
    const auto answer = ask_with(stack, path + part, {{"range", bytes}});
    const auto* where = answer.header("Content-Range");
    return std::to_string(answer.status) + " " + (where ? *where : "") + " " +
           (answer.status == 416 ? "" : answer.body);
  };
  CHECK(range("/stdout", "bytes=2-4") == "206 bytes 2-4/10 234");
  CHECK(range("/stdout", "bytes=7-") == "206 bytes 7-9/10 789");
  CHECK(range("/stdout", "bytes=-3") == "206 bytes 7-9/10 789");
  CHECK(range("/stdout", "bytes=-30") == "206 bytes 0-9/10 0123456789");
  CHECK(range("/stdout", "bytes=10-") == "416 bytes */10 ");
  CHECK(range("/stdout", "bytes=-0") == "416 bytes */10 ");
  CHECK(range("/stdout", "bytes=0-1,3-4") == "200  0123456789");
  CHECK(range("/stderr", "bytes=0-1") == "416 bytes */0 ");
  CHECK(range("/artifacts/f", "bytes=1-3") == std::string("206 bytes 1-3/5 b\0\xff", 19));
  CHECK(stack.ask("GET", path + "/artifacts/text").body == "\xc3\xa4 \xe2\x82\xac");

  const auto whole = stack.ask("GET", path + "/stdout");
  const auto etag = *whole.header("ETag");
  CHECK(ask_with(stack, path + "/stdout", {{"if-none-match", etag}}).status == 304);
  CHECK(ask_with(stack, path + "/stdout", {{"range", "bytes=0-0"}, {"if-range", etag}}).status ==
        206);
  CHECK(ask_with(stack, path + "/stdout", {{"range", "bytes=0-0"}, {"if-range", "\"x\""}}).status ==
        200);
  CHECK(*stack.ask("GET", path + "/artifacts/f").header("ETag") != etag);
}

TEST_CASE("a page of the history is within the largest answer, whatever the compiler said") {
  StoredApi stack;
  for (int i = 0; i < 5; ++i) submit(stack);
  auto result = largest();
  result.compile->output = std::string(1 << 20, 'o');
  result.compile->exit_code = 1;
  stack.finish(result);
  const auto page = stack.ask("GET", "/api/v1/executions?limit=200");
  REQUIRE(page.status == 200);
  CHECK(page.body.size() < 5 * 4 * 6 * 4096 + 10'000);
  const auto list = json::parse(page.body);
  const auto& first = list.find("executions")->array()->at(0);
  CHECK(first.find("compile")->find("stdout")->string()->size() == 4096);
  CHECK(first.find("compile")->find("stderr")->string()->size() == 4096);
  CHECK(*first.find("compile")->find("exit_code")->integer() == 1);
  CHECK(*first.find("stdout_truncated")->boolean());
}

TEST_CASE("a large result is read only when there is room for it") {
  StoredApi stack;
  const auto id = submit(stack);
  const auto small = submit(stack);
  stack.finish(largest());
  AnswerRoom room({std::size_t{64} << 20, 0, std::chrono::milliseconds(0)});
  StoredExecutions executions(stack.store, &room);
  auto context = stack.context;
  StoredExecutions* const mine = &executions;
  ApiContext bounded{context.authenticator, *mine,           context.catalog,
                     context.fleet,         context.waiters, {}};
  const Api api(bounded);
  const auto ask = [&](const std::string& path) {
    auto request = request_to("GET", path, "");
    request.remote_addr = stack.address;
    return api.handle(request);
  };
  const auto path = "/api/v1/executions/" + id;
  {
    const auto held = ask(path);
    CHECK(held.status == 200);
    CHECK(room.taken() > held.body.size());
    const auto refused = ask(path);
    CHECK(refused.status == 503);
    CHECK(*refused.header("Retry-After") == "1");
    CHECK(ask(path + "/artifacts/out%2Fa%20b.bin").status == 503);
  }
  CHECK(room.taken() == 0);
  CHECK(ask(path).status == 200);
  // What is small needs none.
  const auto all = room.take(std::size_t{64} << 20);
  const auto queued = submit(stack);
  CHECK(ask("/api/v1/executions/" + queued).status == 200);
}
