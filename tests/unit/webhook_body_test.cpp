#include "core/execution_json.hpp"
#include "core/json.hpp"
#include "tests/support/catch.hpp"
#include "worker/webhooks/body.hpp"
#include "worker/webhooks/webhooks.hpp"
#include "worker/worker_config.hpp"

using namespace runyard;

namespace {

Execution execution_of(std::size_t output) {
  Execution execution;
  execution.id = "019fa3f4-3a6e-7bd1-8f1a-6a5a5f1d2c3b";
  execution.status = Status::kFailed;
  execution.language = "python";
  execution.created_at = "2026-01-31T12:00:00.000Z";
  execution.result.emplace();
  execution.result->status = Status::kFailed;
  execution.result->reason = Reason::kWrongAnswer;
  execution.result->output = std::string(output, 'x');
  execution.result->errors = std::string(output, '\xff');
  execution.result->compile.emplace();
  execution.result->compile->output = std::string(output, 'y');
  execution.result->tests.resize(3);
  execution.result->artifacts.push_back({"a", std::string(output, 'z')});
  return execution;
}

}  // namespace

TEST_CASE("a webhook's body is the execution as the API shows it") {
  const auto execution = execution_of(10'000);
  const auto body = webhook_body(execution);
  CHECK_FALSE(body.shortened);
  CHECK(body.text == execution_to_json(execution, OutputEncoding::kText));
}

TEST_CASE("a webhook's body has a bound") {
  const auto body = webhook_body(execution_of(1'000'000));
  CHECK(body.shortened);
  CHECK(body.text.size() < 100'000);
  const auto json = json::parse(body.text);
  CHECK(json.find("stdout")->string()->size() == 4096);
  CHECK(*json.find("stdout_truncated")->boolean());
  CHECK(*json.find("stderr_truncated")->boolean());
  CHECK(json.find("compile")->find("stdout")->string()->size() == 4096);
  CHECK(json.find("tests")->array()->empty());
  CHECK(json.find("artifacts")->array()->empty());
  CHECK(*json.find("reason")->string() == "WRONG_ANSWER");
}

TEST_CASE("a worker does not start with settings of webhooks that cannot be") {
  WorkerConfig config;
  const auto settings = worker_settings(config);
  CHECK(load_config(settings, {{"--webhooks=false", "--webhook_allow=10.0.0.0/8"}, {}}).empty());
  CHECK_FALSE(config.webhooks.send);
  CHECK_NOTHROW(Webhooks(config.webhooks, "", ""));
  config.webhooks.allow = "10.0.0.0/8, intranet";
  CHECK_THROWS_WITH(Webhooks(config.webhooks, "", ""),
                    "webhook_allow: \"intranet\" is no network as 10.0.0.0/8 or fd00::/8, and no "
                    "address");
  config.webhooks = {true, "", "/nonexistent.pem"};
  CHECK_THROWS_WITH(Webhooks(config.webhooks, "", ""),
                    "webhook_ca_file: /nonexistent.pem cannot be read");
}
