// Webhooks through the whole stack: submitted over HTTP, sent by the stack's worker. Its settings
// allow one address of this machine (setup/tests.sh).
#include <signal.h>

#include <set>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/services.hpp"
#include "worker/webhooks/signature.hpp"

using namespace runyard;
using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

constexpr char kAllowed[] = "127.0.0.80";

struct Caller {
  HttpClient client{test_url()};

  std::string submit(const std::string& url, const std::string& code = "print(\"hi\")") {
    const auto answer =
        client.post(kExecutions, submission("python", code, R"("callback_url": ")" + url + "\""));
    INFO(answer.body);
    REQUIRE(answer.status == 202);
    return text_at(answer.json(), "execution_id");
  }
  std::string path(const std::string& id) { return std::string(kExecutions) + "/" + id; }

  json::Value delivery(const std::string& id) {
    const auto answer = client.get(path(id) + "/webhooks");
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const auto json = answer.json();
    const auto& all = *json.find("webhooks")->array();
    return all.empty() ? json::Value() : all[0];
  }
  bool await_state(const std::string& id, const std::string& state) {
    return await([&] { return text_at(delivery(id), "state") == state; }, 60s, 50ms);
  }
  bool await_attempts(const std::string& id, std::size_t count) {
    return await(
        [&] {
          const auto one = delivery(id);
          return one.object() && one.find("attempts")->array()->size() >= count;
        },
        60s, 50ms);
  }
};

}  // namespace

TEST_CASE("whoever submits with a callback_url gets the finished execution, signed") {
  const HttpReceiver receiver(nullptr, kAllowed);
  Caller caller;
  const auto id = caller.submit(receiver.url("/status/200"));
  REQUIRE(caller.await_state(id, "DELIVERED"));
  REQUIRE(receiver.requests().size() == 1);
  const auto request = receiver.requests().at(0);
  CHECK(request.body == caller.client.get(caller.path(id) + "?view=full").body);
  CHECK(text_at(json::parse(request.body), "stdout") == "hi\n");
  const auto secret = text_at(caller.client.get("/api/v1/auth/webhook-secret").json(), "secret");
  CHECK(request.headers.at("webhook-signature")
            .find(webhook_signature(secret, request.headers.at("webhook-id"),
                                    std::stoll(request.headers.at("webhook-timestamp")),
                                    request.body)) == 0);
  CHECK(request.headers.at("webhook-id") == text_at(caller.delivery(id), "webhook_id"));

  CHECK(caller.client.post(caller.path(id) + "/webhooks/redeliver", "").status == 202);
  REQUIRE(await([&] { return receiver.requests().size() == 2; }, 30s));
  CHECK(receiver.requests().at(1).headers.at("webhook-id") == request.headers.at("webhook-id"));
  CHECK(receiver.requests().at(1).body == request.body);
}

TEST_CASE("a cancellation is told as well") {
  const HttpReceiver receiver(nullptr, kAllowed);
  Caller caller;
  const auto id = caller.submit(receiver.url("/status/200"), "import time\\ntime.sleep(50)");
  CHECK(caller.client.post(caller.path(id) + "/cancel", "").status == 202);
  REQUIRE(caller.await_state(id, "DELIVERED"));
  CHECK(text_at(json::parse(receiver.requests().at(0).body), "status") == "CANCELLED");
}

TEST_CASE("webhooks reach nothing else of this machine, by address, by name and by redirect") {
  const HttpReceiver inside;
  const HttpReceiver outside(nullptr, kAllowed);
  Caller caller;
  std::vector<std::string> ids;
  for (const auto& url :
       {inside.url("/status/200"), inside.url("/status/200", "localhost"),
        inside.url("/status/200", "::1"), inside.url("/status/200", "::ffff:127.0.0.1"),
        std::string("http://169.254.169.254/latest/meta-data/"), std::string("http://10.0.0.1/")})
    ids.push_back(caller.submit(url));
  for (const auto& id : ids) {
    REQUIRE(caller.await_attempts(id, 1));
    const auto one = caller.delivery(id);
    CHECK(text_at(one, "state") == "PENDING");
    CHECK(text_at(one.find("attempts")->array()->at(0), "error") ==
          "its host has an address that webhooks are not sent to");
  }
  const auto redirected = caller.submit(outside.url("/redirect"));
  REQUIRE(caller.await_attempts(redirected, 1));
  const auto refused = caller.delivery(redirected);
  CHECK(refused.find("attempts")->array()->at(0).find("status")->number_or(0) == 302);
  CHECK(inside.connections() == 0);
  CHECK(outside.requests().size() == 1);
}

TEST_CASE("a worker that is killed while it sends leaves the webhook to the next") {
  const HttpReceiver receiver(nullptr, kAllowed);
  const Stack stack;
  Caller caller;
  const auto id = caller.submit(receiver.url("/hang"));
  REQUIRE(await([&] { return receiver.requests().size() == 1; }, 60s));
  const auto killed = stack.kill("worker", SIGKILL);
  REQUIRE(await([&] { return stack.back("worker", killed); }, 60s));
  REQUIRE(await([&] { return receiver.requests().size() >= 2; }, 90s));
  std::set<std::string> ids;
  for (const auto& request : receiver.requests()) ids.insert(request.headers.at("webhook-id"));
  CHECK(ids.size() == 1);
  CHECK(text_at(caller.delivery(id).find("attempts")->array()->at(0), "error") ==
        "the worker was lost while it was sent");
}
