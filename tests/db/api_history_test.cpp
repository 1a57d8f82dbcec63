// Which executions a history shows, and what becomes of those that none shows.
#include "core/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stored_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kPath[] = "/api/v1/executions";

std::size_t listed(StoredApi& stack, const std::string& query = "") {
  const auto answer = stack.ask("GET", std::string(kPath) + "?" + query);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return json::parse(answer.body).find("executions")->array()->size();
}

std::string submitted(StoredApi& stack, const std::string& more = "") {
  const auto answer = stack.ask("POST", kPath, R"({"language":"python","code":"1")" + more + "}");
  REQUIRE(answer.status == 202);
  return text_of(answer, "execution_id");
}

}  // namespace

TEST_CASE("an execution without history is in no list, and read by its id") {
  StoredApi stack;
  const auto kept = submitted(stack);
  const auto unlisted = submitted(stack, R"(,"save_history":false)");
  CHECK(listed(stack) == 1);
  CHECK(stack.ask("GET", std::string(kPath) + "/" + unlisted).status == 200);
  CHECK(stack.ask_as("192.0.2.9", "GET", std::string(kPath) + "/" + unlisted).status == 404);
  CHECK(stack.temp.sql("select count(*) from code_executions") == "1");
}

TEST_CASE("an execution without history is removed some time after its end, with all it left") {
  StoredApi stack;
  const auto kept = submitted(stack);
  const auto unlisted = submitted(stack, R"(,"save_history":false)");
  WorkQueue queue(stack.database, new_uuid7());
  using std::chrono::hours;
  CHECK(queue.forget_unlisted(std::chrono::seconds(0)) == 0);  // neither is over
  stack.finish(completed("x"));
  CHECK(queue.forget_unlisted(hours(1)) == 0);
  // A restart of the clock: the ids hold the time, so that of the id moves as well.
  const auto old = new_uuid7(std::chrono::system_clock::now() - hours(2));
  stack.temp.sql("select ensure_partitions(now() - interval '2 hours', 0)");
  stack.temp.sql("update results set execution_id = '" + old +
                 "', finished_at = now() - interval '61 min' where execution_id = '" + unlisted +
                 "'");
  stack.temp.sql("update executions set id = '" + old + "' where id = '" + unlisted + "'");
  CHECK(queue.forget_unlisted(hours(1)) == 1);
  CHECK(stack.temp.sql("select count(*) from executions") == "1");
  CHECK(stack.temp.sql("select count(*) from results") == "1");
  CHECK(stack.ask("GET", std::string(kPath) + "/" + kept).status == 200);
}

TEST_CASE("a list shows the beginning of long outputs, the execution all of them") {
  StoredApi stack;
  const auto id = submitted(stack);
  stack.finish(completed(std::string(5000, 'x')));
  const auto list = json::parse(stack.ask("GET", kPath).body);
  const auto& shown = list.find("executions")->array()->front();
  CHECK(shown.find("stdout")->string()->size() == 4096);
  CHECK(*shown.find("stdout_truncated")->boolean());
  CHECK_FALSE(*shown.find("stderr_truncated")->boolean());
  const auto whole = stack.ask("GET", std::string(kPath) + "/" + id);
  CHECK(text_of(whole, "stdout").size() == 5000);
}

TEST_CASE("the history is filtered by time") {
  StoredApi stack;
  submitted(stack);
  const auto hour = [&](const char* interval) {
    return stack.temp.sql(std::string("select to_char((clock_timestamp() + interval '") + interval +
                          "') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  };
  CHECK(listed(stack, "since=" + hour("-1 hour") + "&until=" + hour("1 hour")) == 1);
  CHECK(listed(stack, "since=" + hour("1 hour")) == 0);
  CHECK(listed(stack, "until=" + hour("-1 hour")) == 0);
}

TEST_CASE("the history is filtered by problem and by session") {
  StoredApi stack;
  const std::string problem = "11111111-1111-1111-1111-111111111111";
  submitted(stack);
  submitted(stack, R"(,"problem_id":")" + problem + '"');
  CHECK(listed(stack) == 2);
  CHECK(listed(stack, "problem_id=" + problem) == 1);
  CHECK(listed(stack, "problem_id=01900000-0000-7000-8000-000000000000") == 0);
  CHECK(listed(stack, "session_id=" + problem) == 0);
  CHECK(fields_of(stack.ask("GET", std::string(kPath) + "?problem_id=1&session_id=x")) ==
        "problem_id session_id ");
}

TEST_CASE("the tables that older readers know answer what their documents ask") {
  StoredApi stack;
  submitted(stack);
  auto result = completed(std::string("\xc3\xa4 \xff\x00", 5));
  result.errors = "warn";
  stack.finish(result);
  submitted(stack);
  CHECK(stack.temp.sql("select string_agg(t::text, ' ') from (SELECT language, status, COUNT(*), "
                       "AVG(execution_time)::int FROM code_executions GROUP BY language, status "
                       "order by status) t") == "(python,COMPLETED,1,7) (python,QUEUED,1,)");
  CHECK(stack.temp.sql(
            "select concat_ws('|', code_session_id, code, language, status, stdout, stderr, "
            "execution_time, started_at is not null, finished_at is not null, created_at is "
            "not null) from code_executions where status = 'COMPLETED'") ==
        "1|python|COMPLETED|\xc3\xa4 \xef\xbf\xbd\xef\xbf\xbd|warn|7|t|t|t");
  CHECK(stack.temp.sql("select id || email from users") == "1test@example.com");
  CHECK(stack.temp.sql("select title || time_limit from problems") == "Test Problem2");
  CHECK(stack.temp.sql("select count(*) from code_sessions") == "0");
}

TEST_CASE("output as text: each byte that is none is replaced, as the API does it") {
  StoredApi stack;
  const std::string hostile[] = {
      "",
      "plain",
      "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
      "\xff",
      "a\xc3",
      "\xc3\x28",
      "\xed\xa0\x80",
      "\xc0\xaf",
      "\xe0\x80\xaf",
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",
      "\xe2\x82",
      "x\xf0\x9f\x98y",
      "\x80\xbf\xc3\xa4\xfe",
      "\xef\xbf\xbe",
  };
  for (const auto& bytes : hostile)
    CHECK(stack.temp.sql("select utf8_text('" + bytea_encode(bytes) + "')") == to_utf8(bytes));
}
