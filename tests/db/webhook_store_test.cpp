// The outbox: how it is filled, and who takes what from it.
#include <set>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/webhook_bench.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using test::WebhookBench;

namespace {

WebhookWish wish(int want = 10) {
  WebhookWish wish;
  wish.want = want;
  wish.per_origin = 100;
  wish.per_owner = 100;
  return wish;
}

const std::string kUrl = "http://a.test/hook";
const std::string kAnna = "user:anna";

}  // namespace

TEST_CASE("whatever ends an execution with a callback_url fills the outbox in the same statement") {
  WebhookBench bench;
  const auto plain = bench.submit("");
  const auto id = bench.submit(kUrl);
  CHECK(bench.webhooks.log(id, kAnna)->empty());
  SECTION("a finish") { bench.finish_all(); }
  SECTION("a finish beside one without") {
    auto claims = bench.queue.turn({}, 2, {"python"}).claims;
    Result result;
    result.status = Status::kCompleted;
    for (const auto& claim : claims) bench.queue.turn({{claim.id, claim.attempt, result}}, 0, {});
  }
  SECTION("a cancellation before it ran") {
    CHECK(bench.store.cancel(id, kAnna) == CancelOutcome::kCancelled);
    CHECK(bench.store.cancel(plain, kAnna) == CancelOutcome::kCancelled);
  }
  SECTION("a cancellation whose worker was lost") {
    bench.queue.turn({}, 2, {"python"});
    CHECK(bench.store.cancel(id, kAnna) == CancelOutcome::kRequested);
    bench.temp.sql("update queue set lease_until = now() - interval '1 s'");
    CHECK(bench.queue.end_lost() == 1);
  }
  SECTION("the loss of its worker in every attempt") {
    bench.queue.turn({}, 2, {"python"});
    bench.temp.sql("update queue set lease_until = now() - interval '1 s', attempt = 3");
    CHECK(bench.queue.end_lost() == 2);
  }
  CHECK(bench.temp.sql("select count(*) from webhooks") == "1");
  const auto log = bench.log_of(id);
  CHECK(log.url == kUrl);
  CHECK(log.state == WebhookState::kPending);
  CHECK(log.next_attempt_at);
  CHECK_FALSE(log.finished_at);
  CHECK(log.attempts.empty());
  CHECK_FALSE(bench.webhooks.log(id, "user:bert"));
  CHECK(bench.webhooks.log(plain, kAnna)->empty());
}

TEST_CASE("one that was given back tells its end all the same") {
  WebhookBench bench;
  const auto id = bench.submit(kUrl);
  const auto claim = bench.queue.turn({}, 1, {"python"}).claims.at(0);
  SECTION("handed back") { bench.queue.hand_back({id}); }
  SECTION("released") { bench.queue.release(id, claim.attempt); }
  CHECK(bench.webhooks.log(id, kAnna)->empty());
  bench.finish_all();
  CHECK(bench.log_of(id).url == kUrl);
}

TEST_CASE("an idempotency key brings its callback_url along") {
  WebhookBench bench;
  NewExecution execution;
  execution.id = new_uuid7();
  execution.owner = kAnna;
  execution.submission.language = "python";
  execution.submission.files = {{"main.py", "print"}};
  execution.submission.entry = "main.py";
  execution.callback_url = kUrl;
  execution.idempotency_key = "k";
  execution.idempotency_digest = "d";
  bench.store.submit(execution);
  bench.finish_all();
  CHECK(bench.log_of(execution.id).url == kUrl);
}

TEST_CASE("an execution that is removed takes its webhook along") {
  WebhookBench bench;
  const auto id = bench.ended(kUrl);
  SECTION("by its owner") { CHECK(bench.store.remove(id, kAnna) == DeleteOutcome::kDeleted); }
  SECTION("since it has no history") {
    bench.temp.sql("update executions set listed = false");
    bench.temp.sql("update results set finished_at = now() - interval '2 hours'");
    bench.temp.sql(
        "create or replace function uuid7_floor(at timestamptz) returns uuid language sql as "
        "$$ select 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid $$");
    CHECK(bench.queue.forget_unlisted(1h) == 1);
  }
  CHECK(bench.temp.sql("select count(*) from webhooks") == "0");
}

TEST_CASE("a due webhook is one sender's until its lease runs out") {
  WebhookBench bench;
  const auto id = bench.ended(kUrl);
  const auto first = new_uuid7();
  const auto second = new_uuid7();
  auto short_lease = wish();
  short_lease.lease = 0ms;
  const auto taken = bench.webhooks.claim(first, short_lease);
  REQUIRE(taken.size() == 1);
  CHECK(taken.at(0).execution_id == id);
  CHECK(taken.at(0).origin == "http://a.test");
  CHECK(taken.at(0).attempt == 1);
  CHECK_FALSE(bench.log_of(id).next_attempt_at);  // at this moment

  // The first one was killed.
  const auto again = bench.webhooks.claim(second, wish());
  REQUIRE(again.size() == 1);
  CHECK(again.at(0).id == taken.at(0).id);
  CHECK(again.at(0).attempt == 2);
  CHECK(bench.webhooks.claim(first, wish()).empty());
  WebhookAttempt late{taken.at(0).id, 1, 5, 200, "", true, {}};
  CHECK_FALSE(bench.webhooks.record(first, late));
  WebhookAttempt failed{taken.at(0).id, 2, 5, 500, "it answered with 500", false, 1min};
  CHECK(bench.webhooks.record(second, failed));
  CHECK(bench.webhooks.claim(second, wish()).empty());  // due in a minute
  const auto log = bench.log_of(id);
  REQUIRE(log.attempts.size() == 2);
  CHECK(log.attempts.at(0).error.find("worker was lost") != std::string::npos);
  CHECK(log.attempts.at(1).status == 500);
  CHECK(log.attempts.at(1).attempt == 2);
  CHECK(log.next_attempt_at);
}

TEST_CASE("what could not be sent and is given back has lost no attempt") {
  WebhookBench bench;
  bench.ended(kUrl);
  const auto worker = new_uuid7();
  const auto taken = bench.webhooks.claim(worker, wish()).at(0);
  bench.webhooks.give_back(new_uuid7(), taken.id, 0ms);  // it is not that one's
  CHECK(bench.webhooks.claim(worker, wish()).empty());
  bench.webhooks.give_back(worker, taken.id, 0ms);
  CHECK(bench.webhooks.claim(worker, wish()).at(0).attempt == 1);
}

TEST_CASE("what was due or under way does not wait for an hour when the clock is set back by one") {
  WebhookBench bench;
  const auto sender = new_uuid7();
  const auto next = [&] {
    const auto due = bench.webhooks.claim(sender, wish());
    return due.size() == 1 ? due[0].execution_id : std::to_string(due.size()) + " are due";
  };
  const auto repeated = bench.ended(kUrl);
  WebhookAttempt failed;
  failed.webhook_id = bench.webhooks.claim(sender, wish()).at(0).id;
  failed.attempt = 1;
  failed.again_in = 1h;
  REQUIRE(bench.webhooks.record(sender, failed));
  const auto lost = bench.ended(kUrl);
  REQUIRE(next() == lost);
  const auto fresh = bench.ended(kUrl);
  bench.temp.sql("update webhooks set due_at = due_at + interval '1 h'");
  CHECK(next() == "0 are due");
  bench.webhooks.bring_back(30s);
  CHECK(next() == fresh);
  bench.temp.sql("update webhooks set due_at = due_at - interval '31 s' where execution_id = '" +
                 lost + "'");
  CHECK(next() == lost);
}

TEST_CASE("two senders share the outbox, and nothing is taken twice") {
  WebhookBench bench;
  for (int i = 0; i < 60; ++i) bench.submit(kUrl);
  bench.finish_all();
  std::vector<std::string> taken[2];
  std::thread threads[2];
  for (int i = 0; i < 2; ++i)
    threads[i] = std::thread([&, i] {
      const auto worker = new_uuid7();
      for (bool more = true; more;) {
        const auto some = bench.webhooks.claim(worker, wish(3));
        more = !some.empty();
        for (const auto& due : some) taken[i].push_back(due.id);
      }
    });
  for (auto& thread : threads) thread.join();
  std::set<std::string> all(taken[0].begin(), taken[0].end());
  all.insert(taken[1].begin(), taken[1].end());
  // A claim skips what the other one looks at, so some may be left for the next look.
  CHECK(all.size() == taken[0].size() + taken[1].size());
  const auto left = bench.webhooks.claim(new_uuid7(), wish(100));
  CHECK(all.size() + left.size() == 60);
}

TEST_CASE("one receiver and one owner get a share, and hide nobody else's") {
  WebhookBench bench;
  for (int i = 0; i < 300; ++i) bench.submit("https://full.test/x", "user:flood");
  const auto other = bench.submit(kUrl);
  bench.finish_all();
  auto shares = wish(32);
  shares.per_origin = 4;
  shares.per_owner = 8;
  const auto worker = new_uuid7();
  const auto taken = bench.webhooks.claim(worker, shares);
  CHECK(taken.size() == 4);
  shares.origins = {{"https://full.test", 0}};
  auto rest = bench.webhooks.claim(worker, shares);
  REQUIRE(rest.size() == 1);
  CHECK(rest.at(0).execution_id == other);
  shares.origins = {{"https://full.test", 1}};
  CHECK(bench.webhooks.claim(worker, shares).size() == 1);
  shares.origins.clear();
  shares.owners = {{"user:flood", 2}};
  CHECK(bench.webhooks.claim(worker, shares).size() == 2);
  shares.owners = {{"user:flood", 0}};
  CHECK(bench.webhooks.claim(worker, shares).empty());
}

TEST_CASE("a place goes to the owner with the fewest under way, however much others have due") {
  WebhookBench bench;
  const auto submit = [&](const std::string& owner, int count) {
    for (int i = 0; i < count; ++i)
      bench.submit("http://" + owner + std::to_string(i) + ".test/", "user:" + owner);
  };
  for (const auto* owner : {"a", "b", "c", "d"}) submit(owner, 70);
  submit("e", 20);
  submit("f", 1);
  bench.finish_all();
  // The first ones before the others, more of them than are looked at.
  bench.temp.sql(
      "update webhooks set due_at = now() - case when owner < 'user:e' then interval '3 min' "
      "when owner = 'user:e' then interval '2 min' else interval '1 min' end");
  auto some = wish(3);
  some.per_owner = 8;
  some.owners = {{"user:a", 4}, {"user:b", 5}, {"user:c", 6}, {"user:d", 7}};
  std::multiset<std::string> owners;
  for (const auto& due : bench.webhooks.claim(new_uuid7(), some)) owners.insert(due.owner);
  // d has one under way; its second comes when e has two, and was due before e's.
  CHECK(owners == std::multiset<std::string>{"user:d", "user:e", "user:f"});
  some.want = 2;
  some.owners = {{"user:a", 0}, {"user:b", 1}};
  owners.clear();
  for (const auto& due : bench.webhooks.claim(new_uuid7(), some)) owners.insert(due.owner);
  CHECK(owners == std::multiset<std::string>{"user:c", "user:d"});
}

TEST_CASE("a redelivery takes what a lost sender had, when its lease is over") {
  WebhookBench bench;
  const auto id = bench.ended(kUrl);
  bench.temp.sql("update webhooks set attempt = 7");
  const auto lost = new_uuid7();
  auto short_lease = wish();
  short_lease.lease = 0ms;
  const auto taken = bench.webhooks.claim(lost, short_lease);
  REQUIRE(taken.size() == 1);
  CHECK(bench.webhooks.redeliver(id, kAnna));
  CHECK(bench.log_of(id).next_attempt_at);
  CHECK_FALSE(bench.webhooks.record(lost, {taken.at(0).id, 8, 5, 200, "", true, {}}));
  const auto again = bench.webhooks.claim(new_uuid7(), wish());
  REQUIRE(again.size() == 1);
  CHECK(again.at(0).attempt == 1);
}

TEST_CASE("a webhook whose last attempt was lost has failed") {
  WebhookBench bench;
  const auto id = bench.ended(kUrl);
  bench.temp.sql("update webhooks set attempt = 7");
  auto short_lease = wish();
  short_lease.lease = 0ms;
  CHECK(bench.webhooks.claim(new_uuid7(), short_lease).size() == 1);
  CHECK(bench.webhooks.claim(new_uuid7(), wish()).empty());
  bench.webhooks.tidy(24h);
  const auto log = bench.log_of(id);
  CHECK(log.state == WebhookState::kFailed);
  CHECK(log.finished_at);
  CHECK(log.attempts.size() == 1);
}

TEST_CASE("what is over is removed after its time, with its attempts") {
  WebhookBench bench;
  bench.ended(kUrl);
  const auto worker = new_uuid7();
  const auto taken = bench.webhooks.claim(worker, wish()).at(0);
  CHECK(bench.webhooks.record(worker, {taken.id, 1, 5, 200, "", true, {}}));
  CHECK(bench.webhooks.tidy(24h) == 0);
  bench.temp.sql("update webhooks set finished_at = now() - interval '25 hours'");
  CHECK(bench.webhooks.tidy(24h) == 1);
  CHECK(bench.temp.sql("select count(*) from webhook_attempts") == "0");
}

TEST_CASE("a redelivery begins anew under the same id, as often as its owner likes") {
  WebhookBench bench;
  const auto id = bench.ended(kUrl);
  const auto worker = new_uuid7();
  std::string webhook;
  for (int i = 0; i < 60; ++i) {
    const auto taken = bench.webhooks.claim(worker, wish()).at(0);
    if (i > 0) CHECK(taken.id == webhook);
    CHECK(taken.attempt == 1);
    webhook = taken.id;
    // While it is sent nothing changes.
    CHECK(bench.webhooks.redeliver(id, kAnna));
    CHECK(bench.webhooks.claim(worker, wish()).empty());
    CHECK(bench.webhooks.record(worker, {taken.id, 1, 5, 200, "", true, {}}));
    CHECK(bench.log_of(id).state == WebhookState::kDelivered);
    CHECK(bench.webhooks.redeliver(id, kAnna));
    CHECK(bench.log_of(id).state == WebhookState::kPending);
  }
  CHECK(bench.temp.sql("select count(*) from webhook_attempts") == "42");
  CHECK_FALSE(bench.webhooks.redeliver(id, "user:bert"));
  CHECK_FALSE(bench.webhooks.redeliver(new_uuid7(), kAnna));
}

TEST_CASE("an owner has one secret, and for a day the one before") {
  WebhookBench bench;
  const auto made = bench.webhooks.secrets(kAnna);
  REQUIRE(made.size() == 1);
  CHECK(made.at(0).size() > 40);
  CHECK(bench.webhooks.secrets(kAnna) == made);
  CHECK(bench.webhooks.secrets("user:bert") != made);
  const auto next = bench.webhooks.change_secret(kAnna);
  CHECK(bench.webhooks.secrets(kAnna) == std::vector<std::string>{next, made.at(0)});
  bench.temp.sql("update webhook_secrets set changed_at = now() - interval '25 hours'");
  CHECK(bench.webhooks.secrets(kAnna) == std::vector<std::string>{next});
}

TEST_CASE("several who need an owner's secret at once get the same") {
  WebhookBench bench;
  std::vector<std::string> found[4];
  std::thread threads[4];
  for (int i = 0; i < 4; ++i)
    threads[i] = std::thread([&, i] { found[i] = bench.webhooks.secrets(kAnna); });
  for (auto& thread : threads) thread.join();
  for (const auto& one : found) CHECK(one == found[0]);
}
