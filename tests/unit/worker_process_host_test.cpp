#include <chrono>
#include <future>

#include "tests/support/catch.hpp"
#include "worker/process.hpp"

using namespace runyard;
using namespace std::chrono_literals;

TEST_CASE("a timer of the process host may itself start a program", "[worker]") {
  // Never freed: with the host's thread waiting for itself, its destructor would wait as well.
  auto* host = new ProcessHost;
  auto started = std::make_shared<std::promise<void>>();
  host->after(1ms, [host, started] {
    host->spawn({{"/bin/true"}, {}});
    started->set_value();
  });
  REQUIRE(started->get_future().wait_for(10s) == std::future_status::ready);
  CHECK(host->run({{"/bin/echo", "still here"}, {}}, 10s).out == "still here\n");
  delete host;
}
