#include "fcgi-app/metrics_page.hpp"

#include <future>

#include "core/errors.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

const ProcessName kName{"api", "host", "1-ab"};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Something of this process's own.
void count_something() {
  static auto& counter = metrics::registry().counter("runyard_test_page_total", "Of this test.");
  counter.add();
}

}  // namespace

TEST_CASE("the page has the processes as the database knows them, this one too, and the service") {
  count_something();
  MetricsPage page(kName, [] {
    return std::vector<std::string>{
        "# HELP runyard_test_page_total Of this test.\n# TYPE runyard_test_page_total counter\n"
        "runyard_test_page_total{process=\"2-cd\"} 7\n",
        "# HELP depth D.\n# TYPE depth gauge\ndepth 4\n"};
  });
  const auto text = page.text();
  CHECK(has(text, "runyard_test_page_total{process=\"2-cd\"} 7\n"));
  // As it counts now it would be ahead of what another process shows of it.
  CHECK_FALSE(has(text, "process=\"1-ab\""));
  CHECK(has(text, "depth 4\n"));
  CHECK(has(text, "runyard_database_up 1\n"));
}

TEST_CASE("without a database the page has this process") {
  test::quiet_log();
  count_something();
  MetricsPage page(kName, []() -> std::vector<std::string> { throw DatabaseUnavailable("away"); });
  const auto text = page.text();
  CHECK(has(text, "runyard_test_page_total{host=\"host\",process=\"1-ab\",program=\"api\"} "));
  CHECK(has(text, "runyard_database_up 0\n"));
}

TEST_CASE("a database that hangs is not waited for, and looked at once at a time") {
  count_something();
  std::promise<void> go_on;
  auto told = go_on.get_future().share();
  std::atomic<int> looks{0};
  {
    MetricsPage page(
        kName,
        [&] {
          ++looks;
          told.wait();
          return std::vector<std::string>{};
        },
        20ms);
    for (int i = 0; i < 3; ++i) {
      const auto text = page.text();
      CHECK(has(text, "runyard_database_up 0\n"));
      CHECK(has(text, "runyard_test_page_total{"));
      REQUIRE(test::await([&] { return looks > 0; }));
    }
    CHECK(looks == 1);
    go_on.set_value();
    // The look that hung answers nobody: it may be as old as it took.
    while (!has(page.text(), "runyard_database_up 1\n")) std::this_thread::yield();
    CHECK(looks > 1);
  }
}
