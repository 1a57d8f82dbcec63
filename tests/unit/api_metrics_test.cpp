// What the API counts of requests, and who may read it.
#include "core/ids.hpp"
#include "fcgi-app/api.hpp"
#include "fcgi-app/metrics_page.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

constexpr char kProgram[] = R"({"language":"python","code":"print"})";

struct Stack {
  explicit Stack(std::int64_t max_queued = 100)
      : monitor(
            [](std::int64_t) {
              return Fleet{1, {"python", "cpp"}, 1};
            },
            max_queued, 1h) {
    test::quiet_log();
    ApiContext context{authenticator, executions, catalog, monitor, waiters, {}};
    context.metrics = &page;
    context.metrics_allow = parse_networks("127.0.0.0/8, 10.1.0.0/16, fd00::/8");
    api = std::make_unique<Api>(context);
  }

  Response ask(const std::string& method, const std::string& path, const std::string& body = "",
               const std::string& from = "127.0.0.1") const {
    auto request = test::request_to(method, path, body);
    request.remote_addr = from;
    return api->handle(request);
  }
  static ProcessName name() { return {"api", "h", "p"}; }
  /// The value of a series of this process; 0 when it is not there.
  double value(const std::string& series) const {
    const auto text = ask("GET", "/metrics").body;
    const auto at = text.find('\n' + series + ' ');
    return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size() + 2));
  }
  static std::string requests(const std::string& method, const std::string& route,
                              const std::string& status) {
    return "runyard_api_requests_total{host=\"h\",process=\"p\",program=\"api\",method=\"" +
           method + "\",route=\"" + route + "\",status=\"" + status + "\"}";
  }

  test::MemoryExecutions executions;
  LanguageCatalog catalog = test::small_catalog();
  Waiters waiters{4};
  FleetMonitor monitor;
  AnonymousAuthenticator authenticator;
  MetricsPage page{
      name(), [] { return std::vector<std::string>{metrics::registry().text(name().labels())}; }};
  std::unique_ptr<Api> api;
};

}  // namespace

TEST_CASE("requests are counted by the route's pattern, never by what was asked for") {
  Stack stack;
  const auto series = Stack::requests("GET", "/api/v1/executions/{id}", "4xx");
  const auto none = Stack::requests("other", "none", "4xx");
  const auto before = stack.value(series);
  const auto none_before = stack.value(none);
  const auto id = new_uuid7();
  CHECK(stack.ask("GET", "/api/v1/executions/" + id).status == 404);
  CHECK(stack.ask("HEAD", "/api/v1/executions/" + id).status == 404);
  CHECK(stack.ask("GET", "/api/v1/nothing-such").status == 404);
  CHECK(stack.ask("BREW", "/api/v1/executions").status == 405);
  CHECK(stack.value(series) == before + 2);
  CHECK(stack.value(none) == none_before + 2);
  const auto text = stack.ask("GET", "/metrics").body;
  CHECK(text.find(id) == std::string::npos);
  CHECK(text.find("nothing-such") == std::string::npos);
  CHECK(text.find("BREW") == std::string::npos);
}

TEST_CASE("the times of requests are counted by route") {
  Stack stack;
  const std::string series =
      "runyard_api_request_seconds_count{host=\"h\",process=\"p\",program=\"api\",method=\"GET\","
      "route=\"/api/v1/languages\"}";
  const auto before = stack.value(series);
  CHECK(stack.ask("GET", "/api/v1/languages").status == 200);
  CHECK(stack.value(series) == before + 1);
}

TEST_CASE("submissions are counted as taken or by why they were not") {
  const std::string labels = "{host=\"h\",process=\"p\",program=\"api\"";
  const auto accepted = "runyard_api_submissions_total" + labels + "}";
  const auto full = "runyard_api_submissions_refused_total" + labels + ",reason=\"queue_full\"}";
  Stack stack;
  Stack crowded(1);
  const auto accepted_before = stack.value(accepted);
  const auto full_before = stack.value(full);
  CHECK(stack.ask("POST", "/api/v1/executions", kProgram).status == 202);
  CHECK(crowded.ask("POST", "/api/v1/executions", kProgram).status == 503);
  CHECK(stack.value(accepted) == accepted_before + 1);
  CHECK(stack.value(full) == full_before + 1);
}

TEST_CASE("the request that asks is the only one in flight") {
  Stack stack;
  CHECK(stack.value("runyard_api_requests_in_flight{host=\"h\",process=\"p\",program=\"api\"}") ==
        1);
}

TEST_CASE("only addresses that the operator names may read the metrics") {
  Stack stack;
  for (const char* path : {"/metrics", "/metrics/", "/api/v1/metrics"}) {
    for (const char* allowed : {"127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3", "fd12::1"}) {
      INFO(path << " from " << allowed);
      const auto response = stack.ask("GET", path, "", allowed);
      CHECK(response.status == 200);
      CHECK(*response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
      CHECK(*response.header("Cache-Control") == "no-store");
    }
    for (const char* other : {"192.0.2.1", "10.2.0.1", "::1", "2001:db8::1", "", "unix:"}) {
      INFO(path << " from " << other);
      const auto response = stack.ask("GET", path, "", other);
      CHECK(response.status == 403);
      CHECK(response.body.find("runyard_") == std::string::npos);
    }
  }
}
