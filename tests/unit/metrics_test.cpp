#include "core/metrics.hpp"

#include <stdexcept>
#include <thread>

#include "tests/support/catch.hpp"

using namespace runyard;
using metrics::Registry;
using metrics::Show;

TEST_CASE("instruments are written as Prometheus reads them") {
  Registry registry;
  registry.counter("runs_total", "Runs.", {{"kind", "live"}}).add(3);
  registry.counter("runs_total", "Runs.", {{"kind", "other"}});
  registry.gauge("queue", "Waiting.").set(2.5);
  auto& times = registry.histogram("time_seconds", "Times.", {0.5, 1});
  times.observe(0.5);  // a bound belongs to its bucket
  times.observe(0.75);
  times.observe(std::chrono::milliseconds(1500));
  CHECK(registry.text({{"host", "a"}}) ==
        "# HELP queue Waiting.\n"
        "# TYPE queue gauge\n"
        "queue{host=\"a\"} 2.5\n"
        "# HELP runs_total Runs.\n"
        "# TYPE runs_total counter\n"
        "runs_total{host=\"a\",kind=\"live\"} 3\n"
        "runs_total{host=\"a\",kind=\"other\"} 0\n"
        "# HELP time_seconds Times.\n"
        "# TYPE time_seconds histogram\n"
        "time_seconds_count{host=\"a\"} 3\n"
        "time_seconds_sum{host=\"a\"} 2.75\n"
        "time_seconds_bucket{host=\"a\",le=\"0.5\"} 1\n"
        "time_seconds_bucket{host=\"a\",le=\"1\"} 2\n"
        "time_seconds_bucket{host=\"a\",le=\"+Inf\"} 3\n");
}

TEST_CASE("a label's value cannot end the line or begin another label") {
  Registry registry;
  registry.gauge("one", "One.", {{"name", "a\"b\\c\nd"}}).set(1);
  CHECK(registry.text() == "# HELP one One.\n# TYPE one gauge\none{name=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST_CASE("the same name and labels are the same instrument") {
  Registry registry;
  auto& first = registry.counter("runs_total", "Runs.", {{"kind", "live"}});
  CHECK(&first == &registry.counter("runs_total", "Runs.", {{"kind", "live"}}));
  CHECK(&first != &registry.counter("runs_total", "Runs.", {{"kind", "other"}}));
}

TEST_CASE("names that Prometheus does not take are mistakes") {
  Registry registry;
  registry.gauge("queue", "Waiting.");
  CHECK_THROWS_AS(registry.counter("queue", "Waiting."), std::logic_error);
  CHECK_THROWS_AS(registry.counter("a-b", "A."), std::logic_error);
  CHECK_THROWS_AS(registry.counter("1a", "A."), std::logic_error);
  CHECK_THROWS_AS(registry.counter("", "A."), std::logic_error);
  CHECK_THROWS_AS(registry.counter("a_total", "A.", {{"le", "1"}}), std::logic_error);
  CHECK_THROWS_AS(registry.counter("a_total", "A.", {{"__name__", "1"}}), std::logic_error);
  CHECK_THROWS_AS(registry.counter("a_total", "A.", {{"a b", "1"}}), std::logic_error);
}

TEST_CASE("what most processes never use is written once it was used") {
  Registry registry;
  auto& counter = registry.counter("a_total", "A.", {}, Show::kOnceUsed);
  auto& times = registry.histogram("b_seconds", "B.", {1}, {}, Show::kOnceUsed);
  CHECK(registry.text().empty());
  counter.add();
  times.observe(2);
  CHECK(registry.text().find("a_total 1\n") != std::string::npos);
  CHECK(registry.text().find("b_seconds_count 1\n") != std::string::npos);
}

TEST_CASE("what is asked for is asked until its end, and not after it") {
  Registry registry;
  int asked_for = 0;
  {
    metrics::Asked asked(registry);
    asked.gauge("size", "Size.", {}, [&] { return ++asked_for; });
    CHECK(registry.text().find("size 1\n") != std::string::npos);
    CHECK(registry.text().find("size 2\n") != std::string::npos);
  }
  CHECK(registry.text().empty());
  CHECK(asked_for == 2);
}

TEST_CASE("nothing that many threads count is lost") {
  Registry registry;
  auto& counter = registry.counter("a_total", "A.");
  auto& times = registry.histogram("b_seconds", "B.", {0.5});
  auto& gauge = registry.gauge("c", "C.");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) {
        const metrics::InUse in_use(gauge);
        counter.add();
        times.observe(1);
      }
    });
  while (counter.value() < 40'000) {
    const auto text = registry.text();  // at any moment buckets and count agree
    const auto at = text.find("b_seconds_count ");
    const auto inf = text.find("le=\"+Inf\"} ");
    REQUIRE(at != std::string::npos);
    REQUIRE(inf != std::string::npos);
    CHECK(std::stoi(text.substr(at + 16)) == std::stoi(text.substr(inf + 11)));
  }
  for (auto& thread : threads) thread.join();
  CHECK(times.count() == 40'000);
  CHECK(times.sum() == 40'000);
  CHECK(gauge.value() == 0);
}

TEST_CASE("texts of several processes become one, each family once") {
  Registry one;
  Registry other;
  for (auto* registry : {&one, &other}) {
    registry->counter("runs_total", "Runs.").add();
    registry->histogram("b_seconds", "B.", {1}).observe(2);
  }
  other.gauge("only", "Only here.").set(1);
  const auto merged =
      metrics::merge({one.text({{"process", "1"}}), other.text({{"process", "2"}})});
  CHECK(
      merged ==
      "# HELP b_seconds B.\n# TYPE b_seconds histogram\n"
      "b_seconds_count{process=\"1\"} 1\nb_seconds_sum{process=\"1\"} 2\n"
      "b_seconds_bucket{process=\"1\",le=\"1\"} 0\nb_seconds_bucket{process=\"1\",le=\"+Inf\"} 1\n"
      "b_seconds_count{process=\"2\"} 1\nb_seconds_sum{process=\"2\"} 2\n"
      "b_seconds_bucket{process=\"2\",le=\"1\"} 0\nb_seconds_bucket{process=\"2\",le=\"+Inf\"} 1\n"
      "# HELP only Only here.\n# TYPE only gauge\nonly{process=\"2\"} 1\n"
      "# HELP runs_total Runs.\n# TYPE runs_total counter\n"
      "runs_total{process=\"1\"} 1\nruns_total{process=\"2\"} 1\n");
}

TEST_CASE("what another version writes otherwise does not spoil the rest") {
  const std::string good = "# HELP a A.\n# TYPE a gauge\na{p=\"1\"} 1\n";
  CHECK(metrics::merge({good, "# HELP a A.\n# TYPE a counter\na{p=\"2\"} 1\n"}) == good);
  CHECK(metrics::merge({good, "# HELP a Anew.\n# TYPE a gauge\na{p=\"2\"} 1\n"}) ==
        good + "a{p=\"2\"} 1\n");
  CHECK(metrics::merge({good, "nonsense\n# HELP\n# TYPE b gauge\nb 1\nab{x=\"1\"} 1\n", ""}) ==
        good);
  // A sample below another family's name would be one of that family's kind.
  CHECK(metrics::merge({good + "ab{x=\"1\"} 1\na_bucket_b 1\na\n"}) == good);
}
