// Senders over a real outbox, to real receivers that behave badly.
#include <fcntl.h>
#include <unistd.h>

#include <set>

#include "core/json.hpp"
#include "core/unique_fd.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/webhook_bench.hpp"
#include "worker/webhooks/signature.hpp"
#include "worker/webhooks/webhook_metrics.hpp"
#include "worker/webhooks/webhooks.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using test::HttpReceiver;
using test::WebhookBench;

namespace {

bool await_state(WebhookBench& bench, const std::string& id, WebhookState state,
                 const std::string& owner = "user:anna") {
  return test::await([&] { return bench.log_of(id, owner).state == state; }, 30s);
}

bool await_attempts(WebhookBench& bench, const std::string& id, std::size_t count) {
  return test::await([&] { return bench.log_of(id).attempts.size() >= count; }, 30s);
}

/// Tried again only after so long that the test does not see it.
SenderSettings once() {
  auto settings = WebhookBench::fast();
  settings.delay = [](int, double) { return 1h; };
  return settings;
}

/// All that is logged while it lives stands in a file.
class LoggedTo final {
 public:
  explicit LoggedTo(const std::string& path)
      : before_(::dup(STDERR_FILENO)),
        file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) {
    ::dup2(file_.get(), STDERR_FILENO);
    log::init("logged webhooks", "debug");
  }
  ~LoggedTo() {
    ::dup2(before_.get(), STDERR_FILENO);
    log::init("webhook tests again", "error");
  }
  LoggedTo(const LoggedTo&) = delete;
  LoggedTo& operator=(const LoggedTo&) = delete;

 private:
  const UniqueFd before_;
  const UniqueFd file_;
};

}  // namespace

TEST_CASE("a webhook arrives once, signed by its owner's secret") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto id = bench.ended(receiver.url("/status/200?token=x"));
  const auto sender = bench.sender();
  REQUIRE(await_state(bench, id, WebhookState::kDelivered));
  REQUIRE(receiver.requests().size() == 1);
  const auto request = receiver.requests().at(0);
  CHECK(request.method == "POST");
  CHECK(request.target == "/status/200?token=x");
  CHECK(request.body == "{\"execution_id\":\"" + id + "\"}");
  CHECK(request.headers.at("content-type") == "application/json");
  const auto log = bench.log_of(id);
  CHECK(request.headers.at("webhook-id") == log.id);
  const auto timestamp = request.headers.at("webhook-timestamp");
  CHECK(request.headers.at("webhook-signature") ==
        webhook_signature(bench.webhooks.secrets("user:anna").at(0), log.id, std::stoll(timestamp),
                          request.body));
  REQUIRE(log.attempts.size() == 1);
  CHECK(log.attempts.at(0).status == 200);
  CHECK(log.attempts.at(0).error.empty());
  CHECK(log.attempts.at(0).duration_ms);
  CHECK_FALSE(log.next_attempt_at);
  CHECK(log.finished_at);
}

TEST_CASE("what comes of attempts is counted") {
  auto& counted = webhook_metrics();
  const auto delivered = counted.delivered.value();
  const auto refused = counted.refused.value();
  const auto failing = counted.failing.value();
  const auto given_up = counted.given_up.value();
  const auto times = counted.time.count();
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto well = bench.ended(receiver.url("/status/200"));
  const auto gone = bench.ended(receiver.url("/status/410"));
  const auto ill = bench.ended(receiver.url("/status/500"));
  const auto sender = bench.sender(once());
  REQUIRE(await_state(bench, well, WebhookState::kDelivered));
  REQUIRE(await_state(bench, gone, WebhookState::kFailed));
  REQUIRE(await_attempts(bench, ill, 1));
  CHECK(counted.delivered.value() == delivered + 1);
  CHECK(counted.refused.value() == refused + 1);
  CHECK(counted.failing.value() == failing + 1);
  CHECK(counted.given_up.value() == given_up + 1);
  CHECK(counted.time.count() == times + 3);
}

TEST_CASE("for a day after a change both secrets sign") {
  WebhookBench bench;
  const HttpReceiver receiver;
  bench.webhooks.secrets("user:anna");
  bench.webhooks.change_secret("user:anna");
  const auto id = bench.ended(receiver.url("/status/200"));
  const auto sender = bench.sender();
  REQUIRE(await_state(bench, id, WebhookState::kDelivered));
  const auto request = receiver.requests().at(0);
  CHECK(request.headers.at("webhook-signature") ==
        webhook_signatures(bench.webhooks.secrets("user:anna"), request.headers.at("webhook-id"),
                           std::stoll(request.headers.at("webhook-timestamp")), request.body));
  CHECK(request.headers.at("webhook-signature").find(' ') != std::string::npos);
}

TEST_CASE("a receiver that never wants it gets eight attempts under one id") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const std::string path = GENERATE("/status/500", "/status/404", "/redirect", "/drop");
  const auto id = bench.ended(receiver.url(path));
  auto settings = WebhookBench::fast();
  settings.breaker.first_pause = settings.breaker.longest_pause = 1ms;
  const auto sender = bench.sender(settings);
  REQUIRE(await_state(bench, id, WebhookState::kFailed));
  const auto requests = receiver.requests();
  CHECK(requests.size() == 8);
  for (const auto& request : requests) {
    CHECK(request.target == path);  // no redirect was followed
    CHECK(request.headers.at("webhook-id") == bench.log_of(id).id);
  }
  CHECK(bench.log_of(id).attempts.size() == 8);
  CHECK_FALSE(bench.log_of(id).attempts.back().error.empty());
}

TEST_CASE("who answers 410 is not asked again") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto id = bench.ended(receiver.url("/status/410"));
  const auto sender = bench.sender();
  REQUIRE(await_state(bench, id, WebhookState::kFailed));
  CHECK(receiver.requests().size() == 1);
}

TEST_CASE("what failed once is tried again later, and later still where the receiver asks for it") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto soon = bench.ended(receiver.url("/status/500"));
  const auto later = bench.ended(receiver.url("/retry/7200"));
  const auto never = bench.ended(receiver.url("/retry/99999999"));
  auto settings = WebhookBench::fast();
  settings.delay = [](int attempt, double) { return attempt * 10min; };
  const auto sender = bench.sender(settings);
  REQUIRE(await_attempts(bench, soon, 1));
  REQUIRE(await_attempts(bench, later, 1));
  REQUIRE(await_attempts(bench, never, 1));
  const auto minutes = [&](const std::string& id) {
    return bench.temp.sql(
        "select round(extract(epoch from due_at - now()) / 60) from webhooks where execution_id = "
        "'" +
        id + "'");
  };
  CHECK(minutes(soon) == "10");
  CHECK(minutes(later) == "120");
  CHECK(minutes(never) == "360");  // nobody is waited for longer than between the last attempts
}

TEST_CASE("the log tells a webhook's origin, and nothing that only its receiver should know") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const test::TempDir folder;
  const auto id = bench.ended(receiver.url("/status/500?token=hidden"));
  {
    const LoggedTo file((folder.path() / "log").string());
    const auto sender = bench.sender(once());
    REQUIRE(await_attempts(bench, id, 1));
  }
  const auto log = folder.read("log");
  CHECK_THAT(log, test::contains(" origin=" + receiver.url("")));
  CHECK_THAT(log, !test::contains("hidden"));
  CHECK_THAT(log, !test::contains(bench.webhooks.secrets("user:anna").at(0)));
}

TEST_CASE("receivers that hang, drip or refuse do not hold up the others") {
  WebhookBench bench;
  const HttpReceiver bad;
  const HttpReceiver good;
  std::vector<std::string> failing;
  for (const auto* path : {"/hang", "/drip", "/hang", "/drip"})
    failing.push_back(bench.submit(bad.url(path), "user:bad"));
  failing.push_back(bench.submit("http://127.0.0.1:1/", "user:bad"));
  bench.finish_all();
  auto settings = once();
  settings.time = 60s;  // longer than the test
  auto sender = bench.sender(settings);
  REQUIRE(test::await([&] { return bad.requests().size() == 4; }));
  for (int i = 0; i < 20; ++i) {
    const auto id = bench.ended(good.url("/status/200"));
    REQUIRE(await_state(bench, id, WebhookState::kDelivered));
  }
  CHECK(good.requests().size() == 20);
  // A worker that ends waits for nobody: what hangs is anybody's again, and has lost no attempt.
  sender.reset();
  CHECK(bench.temp.sql("select count(*) from webhooks where worker is not null") == "0");
  CHECK(bench.temp.sql("select sum(attempt) from webhooks where url like '%/hang'") == "0");
}

TEST_CASE("an answer without end counts by its status") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto endless = bench.ended(receiver.url("/endless"));
  const auto half = bench.ended(receiver.url("/half"));
  const auto headers = bench.ended(receiver.url("/headers"));
  auto settings = once();
  settings.time = 5s;  // half ends by this alone, and its headers must have come by then
  const auto sender = bench.sender(settings);
  CHECK(await_state(bench, endless, WebhookState::kDelivered));
  CHECK(await_state(bench, half, WebhookState::kDelivered));
  REQUIRE(await_attempts(bench, headers, 1));
  CHECK(bench.log_of(headers).state == WebhookState::kPending);
}

TEST_CASE("an answer that is none of HTTP costs its own webhook an attempt and others nothing") {
  WebhookBench bench;
  const HttpReceiver receiver;
  std::vector<std::string> odd;
  for (const auto* number : {"7", "70000", "-5"})
    odd.push_back(bench.submit(receiver.url(std::string("/line/HTTP/2_") + number)));
  bench.finish_all();
  const auto sender = bench.sender(once());
  for (const auto& id : odd) {
    REQUIRE(await_attempts(bench, id, 1));
    CHECK(bench.log_of(id).attempts.at(0).error == "its answer has no status of HTTP");
    CHECK_FALSE(bench.log_of(id).attempts.at(0).status);
    CHECK(bench.log_of(id).state == WebhookState::kPending);
  }
  CHECK(await_state(bench, bench.ended(receiver.url("/status/200")), WebhookState::kDelivered));
}

TEST_CASE("what the database refuses to record holds up no other webhook") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const bool wholly = GENERATE(false, true);
  bench.temp.sql(std::string("alter table webhook_attempts add check (") +
                 (wholly ? "status is not null and " : "") + "status <> 418)");
  const auto refused = bench.ended(receiver.url("/status/418"));
  auto settings = once();
  settings.lease = 1h;
  const auto sender = bench.sender(settings);
  REQUIRE(test::await([&] { return receiver.requests().size() == 1; }));
  if (!wholly) REQUIRE(await_attempts(bench, refused, 1));
  CHECK(await_state(bench, bench.ended(receiver.url("/status/200")), WebhookState::kDelivered));
  CHECK(receiver.requests().size() == 2);
  const auto log = bench.log_of(refused);
  CHECK(log.state == WebhookState::kPending);
  REQUIRE(log.attempts.size() == (wholly ? 0 : 1));
  if (wholly) return;
  CHECK(log.attempts.at(0).error == "what came of it could not be recorded");
  CHECK(log.next_attempt_at);
}

TEST_CASE("one that cannot be given back keeps none of those claimed with it from being sent") {
  WebhookBench bench;
  const HttpReceiver receiver;
  bench.temp.sql(
      "create function refuse() returns trigger language plpgsql as "
      "$$ begin raise exception 'refused'; end $$");
  bench.temp.sql(
      "create trigger refuse before update on webhooks for each row "
      "when (new.attempt < old.attempt) execute function refuse()");
  bench.submit("http://full.test/");
  bench.submit("http://full.test/");
  const auto good = bench.submit(receiver.url("/status/200"));
  bench.finish_all();
  auto settings = once();
  settings.lease = 1h;
  const auto sender = bench.sender(settings);
  CHECK(await_state(bench, good, WebhookState::kDelivered));
}

TEST_CASE("nothing is sent to an address that is not allowed, whichever of a name's it is") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const std::vector<std::vector<std::string>> answers = {
      {"127.0.0.1"},
      {"8.8.8.8", "127.0.0.1"},
      {"127.0.0.1", "2001:4860:4860::8888"},
      {"::1"},
      {"::ffff:127.0.0.1"},
      {"64:ff9b::7f00:1"},
      {"2002:7f00:1::1"},
      {"169.254.169.254"},
      {"10.0.0.1"},
  };
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto host = "h" + std::to_string(i) + ".test";
    bench.resolver.set(host, {answers[i]});
    ids.push_back(bench.submit(receiver.url("/status/200", host)));
  }
  ids.push_back(bench.submit(receiver.url("/status/200")));  // the address itself
  bench.finish_all();
  const auto sender = bench.sender(once(), "");
  for (const auto& id : ids) {
    REQUIRE(await_attempts(bench, id, 1));
    const auto log = bench.log_of(id);
    CHECK(log.state == WebhookState::kPending);
    // Not which one: names may stand for what only this network knows.
    CHECK(log.attempts.at(0).error == "its host has an address that webhooks are not sent to");
    CHECK_FALSE(log.attempts.at(0).status);
  }
  CHECK(receiver.connections() == 0);
}

TEST_CASE("a name whose address changes is asked once for each attempt, and checked each time") {
  WebhookBench bench;
  const HttpReceiver receiver;
  // 192.0.2.0/24 stands for the public internet here.
  bench.resolver.set("rebind.test", {{"192.0.2.1"}, {"127.0.0.1"}});
  const auto id = bench.ended(receiver.url("/status/200", "rebind.test"));
  auto settings = WebhookBench::fast();
  settings.time = 100ms;
  settings.delay = [](int attempt, double) { return attempt == 1 ? 0ms : 3'600'000ms; };
  const auto sender = bench.sender(settings, "192.0.2.0/24");
  REQUIRE(await_attempts(bench, id, 2));
  CHECK(bench.resolver.asked("rebind.test") == 2);
  CHECK(bench.log_of(id).attempts.at(1).error ==
        "its host has an address that webhooks are not sent to");
  CHECK(receiver.connections() == 0);
}

TEST_CASE(
    "a name server that does not answer costs its own webhooks an attempt and others nothing") {
  WebhookBench bench;
  const HttpReceiver receiver;
  bench.resolver.be_silent(true);
  const auto lost = bench.ended("http://silent.test/");
  auto settings = once();
  settings.time = 4s;  // enough for what is delivered below
  const auto sender = bench.sender(settings);
  REQUIRE(await_attempts(bench, lost, 1));
  CHECK(bench.log_of(lost).attempts.at(0).error == "its host was not found in time");
  bench.resolver.be_silent(false);
  CHECK(await_state(bench, bench.ended(receiver.url("/status/200")), WebhookState::kDelivered));
  SECTION("and too many questions cost nobody an attempt") {
    bench.resolver.be_full(true);
    const auto asked = bench.resolver.asked("full.test");
    const auto waiting = bench.ended("http://full.test/");
    REQUIRE(test::await([&] { return bench.resolver.asked("full.test") > asked; }));
    CHECK(test::await([&] {
      return bench.temp.sql(
                 "select attempt = 0 and worker is null and due_at > now() from webhooks "
                 "where execution_id = '" +
                 waiting + "'") == "t";
    }));
    CHECK(bench.log_of(waiting).attempts.empty());
  }
}

TEST_CASE(
    "a lookup counts against its owner until its answer comes, however long ago it was given up") {
  WebhookBench bench;
  const HttpReceiver receiver;
  bench.resolver.be_silent(true);
  for (int i = 0; i < 5; ++i) bench.submit("http://dead.test/", "user:dead");
  bench.finish_all();
  auto settings = once();
  settings.time = 4s;  // enough for what is delivered below
  settings.per_owner = 2;
  settings.breaker.failures = 100;
  const auto sender = bench.sender(settings);
  const auto attempts = [&] {
    return bench.temp.sql("select count(*) from webhook_attempts where error like '%in time'");
  };
  REQUIRE(test::await([&] { return attempts() == "2"; }, 30s));
  // Another one is sent by a claim that leaves the rest where it is.
  bench.resolver.be_silent(false);
  REQUIRE(await_state(bench, bench.ended(receiver.url("/status/200")), WebhookState::kDelivered));
  CHECK(bench.resolver.asked("dead.test") == 2);
  bench.resolver.break_silence();
  CHECK(test::await([&] { return bench.resolver.asked("dead.test") == 5; }));
}

TEST_CASE("a receiver that fails again and again is left alone, without costing attempts") {
  WebhookBench bench;
  const HttpReceiver bad;
  const HttpReceiver good;
  for (int i = 0; i < 12; ++i) bench.submit(bad.url("/status/503"), "user:" + std::to_string(i));
  bench.finish_all();
  auto settings = once();
  settings.breaker = {3, 1h, 1h};
  settings.per_origin = 1;
  const auto sender = bench.sender(settings);
  REQUIRE(test::await([&] { return bad.requests().size() == 3; }));
  // Whatever is due there waits; others are served.
  const auto other = bench.ended(good.url("/status/200"));
  REQUIRE(await_state(bench, other, WebhookState::kDelivered));
  CHECK(bad.requests().size() == 3);
  CHECK(bench.temp.sql("select count(*) from webhooks where attempt = 0 and worker is null") ==
        "9");
}

TEST_CASE("one is tried when a receiver was left alone for its time, and a success opens it") {
  WebhookBench bench;
  const HttpReceiver bad;
  for (int i = 0; i < 3; ++i) bench.submit(bad.url("/status/503"));
  bench.finish_all();
  auto settings = once();
  settings.breaker = {3, 50ms, 50ms};
  const auto sender = bench.sender(settings);
  REQUIRE(test::await([&] { return bad.requests().size() == 3; }));
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(bench.submit(bad.url("/status/200")));
  bench.finish_all();
  for (const auto& id : ids) CHECK(await_state(bench, id, WebhookState::kDelivered));
}

TEST_CASE("several senders share the outbox, and each webhook arrives once") {
  WebhookBench bench;
  const HttpReceiver receiver;
  std::vector<std::string> ids;
  for (int i = 0; i < 80; ++i)
    ids.push_back(bench.submit(receiver.url("/status/200"), "user:" + std::to_string(i % 9)));
  bench.finish_all();
  {
    const auto first = bench.sender();
    const auto second = bench.sender();
    REQUIRE(test::await(
        [&] {
          return bench.temp.sql("select count(*) from webhooks where state = 'DELIVERED'") == "80";
        },
        30s));
  }
  std::set<std::string> seen;
  for (const auto& request : receiver.requests()) seen.insert(request.headers.at("webhook-id"));
  CHECK(seen.size() == 80);
  CHECK(receiver.requests().size() == 80);
}

TEST_CASE("what a killed sender had is sent by another when its lease has run out") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto id = bench.ended(receiver.url("/status/200"));
  WebhookWish wish;
  wish.want = wish.per_origin = wish.per_owner = 1;
  wish.lease = 0ms;
  REQUIRE(bench.webhooks.claim(new_uuid7(), wish).size() == 1);  // and never comes back
  const auto sender = bench.sender();
  REQUIRE(await_state(bench, id, WebhookState::kDelivered));
  const auto log = bench.log_of(id);
  REQUIRE(log.attempts.size() == 2);
  CHECK(log.attempts.at(0).error.find("worker was lost") != std::string::npos);
  CHECK(log.attempts.at(1).attempt == 2);
}

TEST_CASE("a redelivery arrives under the same id") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto id = bench.ended(receiver.url("/status/200"));
  const auto sender = bench.sender();
  REQUIRE(await_state(bench, id, WebhookState::kDelivered));
  REQUIRE(bench.webhooks.redeliver(id, "user:anna"));
  REQUIRE(test::await([&] { return receiver.requests().size() == 2; }));
  CHECK(receiver.requests().at(0).headers.at("webhook-id") ==
        receiver.requests().at(1).headers.at("webhook-id"));
  CHECK(await_attempts(bench, id, 2));
}

TEST_CASE("a webhook whose execution is gone goes too") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto id = bench.ended(receiver.url("/status/200"));
  bench.temp.sql("delete from results; delete from executions");
  const auto sender = bench.sender();
  CHECK(test::await([&] { return bench.temp.sql("select count(*) from webhooks") == "0"; }));
  CHECK(receiver.connections() == 0);
}

TEST_CASE("the worker's and the API's roles may do all that webhooks need") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto worker_db = bench.temp.options() + " user=runyard_worker";
  Database app(bench.temp.options() + " user=runyard_app", 1);
  ExecutionStore executions(app);
  WebhookStore webhooks(app);
  const auto cancelled = bench.submit(receiver.url("/status/200"));
  CHECK(executions.cancel(cancelled, "user:anna") == CancelOutcome::kCancelled);
  const auto id = bench.submit(receiver.url("/status/200"));
  {
    Database database(worker_db, 1);
    WorkQueue queue(database, new_uuid7());
    Result result;
    result.status = Status::kCompleted;
    result.output = "hi\n";
    queue.turn({{id, queue.turn({}, 1, {"python"}).claims.at(0).attempt, result}}, 0, {});
  }
  const Webhooks sending({true, "127.0.0.0/8", ""}, worker_db, new_uuid7());
  REQUIRE(await_state(bench, id, WebhookState::kDelivered));
  REQUIRE(await_state(bench, cancelled, WebhookState::kDelivered));
  CHECK(webhooks.log(id, "user:anna")->size() == 1);
  CHECK(webhooks.redeliver(id, "user:anna"));
  const auto changed = webhooks.change_secret("user:anna");
  CHECK(webhooks.secrets("user:anna").at(0) == changed);
  CHECK(executions.remove(cancelled, "user:anna") == DeleteOutcome::kDeleted);
  CHECK(test::await([&] { return receiver.requests().size() == 3; }));
  const auto body = json::parse(receiver.requests().at(2).body);
  CHECK(*body.find("stdout")->string() == "hi\n");
}

TEST_CASE("a database that goes away and comes back loses no webhook") {
  WebhookBench bench;
  const HttpReceiver receiver;
  const auto sender = bench.sender();
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(bench.ended(receiver.url("/status/200")));
    bench.temp.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
        "and pid <> pg_backend_pid()");
  }
  for (const auto& id : ids) CHECK(await_state(bench, id, WebhookState::kDelivered));
}
