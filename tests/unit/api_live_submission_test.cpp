// What the gateway may ask for in a client's name: runs that somebody talks to.
#include "core/ids.hpp"
#include "fcgi-app/api.hpp"
#include "fcgi-app/cgi_request.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"

using namespace runyard;

namespace {

constexpr char kPath[] = "/api/v1/executions";

struct Stack {
  Stack() { test::quiet_log(); }

  Response ask(const std::string& live, const std::string& body, test::Headers headers = {},
               const std::string& path = kPath) {
    auto request = test::request_to("POST", path, body, std::move(headers));
    request.live = live;
    request.live_id = live_id;
    return api.handle(request);
  }
  Response look(const std::string& live, const std::string& id, test::Headers headers = {}) {
    auto request = test::request_to("GET", kPath + ("/" + id), "", std::move(headers));
    request.live = live;
    return api.handle(request);
  }
  NewExecution last() const { return executions.submitted().back(); }

  std::string live_id;
  test::MemoryExecutions executions;
  LanguageCatalog catalog = test::small_catalog();
  Waiters waiters{1};
  FleetMonitor monitor{[](std::int64_t) {
                         return Fleet{1, {"python", "cpp"}, 0};
                       },
                       100, std::chrono::hours(1)};
  struct Authenticator final : runyard::Authenticator {
    std::variant<Caller, Problem> identify(const Request&) override {
      return Caller{"addr:192.0.2.1", std::nullopt, scopes};
    }
    Scopes scopes = Scopes::all();
  } authenticator;
  Api api{ApiContext{authenticator, executions, catalog, monitor, waiters, {}}};
};

std::string fields_of(const Response& response) {
  const auto body = json::parse(response.body);
  const auto* errors = body.find("errors");
  if (!errors) return response.body;
  std::string fields;
  for (const auto& error : *errors->array()) fields += *error.find("field")->string() + " ";
  return fields;
}

std::string program(const std::string& more) {
  return R"({"language":"python","code":"x",)" + more + "}";
}

}  // namespace

TEST_CASE("a live run has a terminal, or none, and what was typed before") {
  Stack stack;
  CHECK(stack
            .ask("native", program(R"("type":"run","tty":true,"cols":132,"rows":50,"detach":true,
                                       "stdin":"first\n","limits":{"wall_ms":300000})"))
            .status == 202);
  const auto made = stack.last();
  REQUIRE(made.submission.live);
  CHECK(made.submission.live->tty);
  CHECK(made.submission.live->cols == 132);
  CHECK(made.submission.live->rows == 50);
  CHECK(made.submission.stdin_data == "first\n");
  CHECK(made.submission.limits.wall_ms == 300'000);
  CHECK(made.origin == Origin::kNative);
  CHECK(made.listed);

  CHECK(stack.ask("native", program(R"("save_history":false)")).status == 202);
  REQUIRE(stack.last().submission.live);
  CHECK_FALSE(stack.last().submission.live->tty);
  CHECK(stack.last().submission.live->cols == 80);
  CHECK(stack.last().submission.limits.wall_ms == 10'000);
  CHECK_FALSE(stack.last().listed);
}

TEST_CASE("mistakes in a live run are named") {
  Stack stack;
  const auto wrong = [&](const std::string& more) {
    const auto response = stack.ask("native", program(more));
    CHECK(response.status == 422);
    return fields_of(response);
  };
  CHECK(wrong(R"("type":"stdin")") == "type ");
  CHECK(wrong(R"("tty":1,"cols":0,"rows":1001,"detach":"yes")") == "detach tty cols rows ");
  CHECK(wrong(R"("cols":1001,"rows":"24")") == "cols rows ");
  CHECK(wrong(R"("tests":[],"checker":"trim","stop_on_failure":false)") ==
        "tests checker stop_on_failure ");
  CHECK(wrong(R"("limits":{"wall_ms":300001})") == "limits.wall_ms ");
  CHECK(wrong(R"("limits":{"cpu_ms":60001})") == "limits.cpu_ms ");
  CHECK(wrong(R"("unknown":1)") == "unknown ");
  CHECK(stack.executions.submitted().empty());
}

TEST_CASE("problems with tests are not for live runs, others are") {
  StoredProblem problem;
  problem.id = "019c1234-5678-7abc-8def-0123456789ab";
  const auto parse = [&] {
    SubmissionRules rules;
    rules.live = true;
    return parse_submission(
        json::parse(program(R"("problem_id":")" + problem.id + '"')), test::small_catalog(), {},
        rules, [&](const std::string&) { return std::optional<StoredProblem>(problem); });
  };
  CHECK(parse().errors.empty());
  problem.tests.emplace_back();
  const auto refused = parse();
  REQUIRE(refused.errors.fields().size() == 1);
  CHECK(refused.errors.fields()[0].field == "problem_id");
}

TEST_CASE("connections for interaction are what POST /execute takes, and stay open") {
  Stack stack;
  CHECK(stack.ask("execute", R"({"language":"py","code":"x","tests":[],"other":1})").status == 202);
  const auto made = stack.last();
  REQUIRE(made.submission.live);
  CHECK_FALSE(made.submission.live->tty);
  CHECK(made.submission.limits.wall_ms == 300'000);
  CHECK(made.origin == Origin::kExecute);
  CHECK(made.listed);
  const auto unknown = stack.ask("execute", R"({"language":"cobolx","code":""})");
  CHECK(unknown.status == 422);
  CHECK(fields_of(unknown) == "language ");
}

TEST_CASE("no client makes a live run by itself") {
  const char* forged[] = {"HTTP_RUNYARD_LIVE=native", "HTTP_RUNYARD-LIVE=native",
                          "QUERY_STRING=RUNYARD_LIVE=native",
                          "REQUEST_URI=/api/v1/executions?RUNYARD_LIVE=native", nullptr};
  CHECK(request_from_params(forged).live.empty());
  const char* gateway[] = {"RUNYARD_LIVE=execute", nullptr};
  CHECK(request_from_params(gateway).live == "execute");

  Stack stack;
  const test::Headers headers{{"runyard-live", "native"}};
  CHECK(stack.ask("", program(R"("stdin":"x")"), headers).status == 202);
  CHECK_FALSE(stack.last().submission.live);
  for (const char* more : {R"("type":"run")", R"("tty":true)", R"("cols":80)", R"("rows":24)",
                           R"("detach":true)", R"("live":{"tty":true})"}) {
    INFO(more);
    CHECK(stack.ask("", program(more), headers).status == 422);
  }
  CHECK(stack.ask("", program(R"("limits":{"wall_ms":60001})"), headers).status == 422);
  CHECK(stack.ask("", program(R"("stdin":"x")"), {}, "/api/v1/executions?RUNYARD_LIVE=native")
            .status == 422);
  // A batch holds submissions that nobody talks to, whoever sends it.
  const auto batch = stack.ask("native", R"({"executions":[)" + program(R"("stdin":"x")") + "]}",
                               {}, "/api/v1/executions/batch");
  CHECK(batch.status == 202);
  CHECK_FALSE(stack.last().submission.live);
}

TEST_CASE("the gateway names the id of a live run, and may ask for it again") {
  Stack stack;
  stack.live_id = "019c1234-5678-7abc-8def-0123456789ab";
  for (const char* live : {"native", "execute"}) {
    const auto response = stack.ask(live, R"({"language":"python","code":"x"})");
    CHECK(response.status == 202);
    CHECK(*json::parse(response.body).find("execution_id")->string() == stack.live_id);
    CHECK(stack.last().id == stack.live_id);
  }
}

TEST_CASE("an id of the gateway that is none, or a kind of connection that is none, is refused") {
  Stack stack;
  for (const char* id :
       {"x", "019c1234-5678-4abc-8def-0123456789ab", "019C1234-5678-7ABC-8DEF-0123456789AB",
        "019c1234-5678-7abc-8def-0123456789ab ", "019c1234-5678-7abc-8def-0123456789a'"}) {
    INFO(id);
    stack.live_id = id;
    for (const char* live : {"native", "execute"}) {
      const auto response = stack.ask(live, R"({"language":"python","code":"x"})");
      CHECK(response.status == 422);
      CHECK(fields_of(response) == "RUNYARD_EXECUTION_ID ");
    }
  }
  stack.live_id.clear();
  for (const char* live : {"attach", "Native"})
    CHECK(fields_of(stack.ask(live, R"({"language":"python","code":"x"})")) == "RUNYARD_LIVE ");
  CHECK(stack.executions.submitted().empty());
}

TEST_CASE("no client names the id of its execution") {
  const char* forged[] = {"HTTP_RUNYARD_EXECUTION_ID=a", "HTTP_RUNYARD_LIVE=native",
                          "QUERY_STRING=RUNYARD_EXECUTION_ID=a",
                          "REQUEST_URI=/api/v1/executions?RUNYARD_EXECUTION_ID=a", nullptr};
  CHECK(request_from_params(forged).live_id.empty());
  const char* alone[] = {"RUNYARD_EXECUTION_ID=a", nullptr};
  CHECK(request_from_params(alone).live_id.empty());
  const char* gateway[] = {"RUNYARD_EXECUTION_ID=a", "RUNYARD_LIVE=native", nullptr};
  CHECK(request_from_params(gateway).live_id == "a");

  Stack stack;
  const std::string id = "019c1234-5678-7abc-8def-0123456789ab";
  CHECK(stack.ask("", program(R"("stdin":"x")"), {{"runyard-execution-id", id}}).status == 202);
  CHECK(stack.last().id != id);
}

TEST_CASE("to the gateway alone an answer tells whether its reader may type") {
  Stack stack;
  REQUIRE(stack.ask("native", R"({"language":"python","code":"x"})").status == 202);
  const auto id = stack.last().id;
  constexpr char kHeader[] = "X-Runyard-May-Submit";
  REQUIRE(stack.look("attach", id).header(kHeader));
  CHECK(*stack.look("attach", id).header(kHeader) == "yes");
  stack.authenticator.scopes = Scopes::none().with(Scope::kRead);
  REQUIRE(stack.look("attach", id).header(kHeader));
  CHECK(*stack.look("attach", id).header(kHeader) == "no");
  CHECK_FALSE(stack.look("native", id).header(kHeader));
  CHECK_FALSE(stack.look("", id, {{"runyard-live", "attach"}}).header(kHeader));
  CHECK_FALSE(stack.look("attach", new_uuid7()).header(kHeader));
}
