// What a process of the API holds while many clients read the largest answers slowly, or not at
// all. Without Nginx, which takes every answer whatever its own clients do.
#include <fstream>

#include "core/answer_size.hpp"
#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/work_queue.hpp"
#include "tests/support/api_process.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

/// As docs/security.md promises.
constexpr long kMaxProcessKb = 512 * 1024;

long status_kb(const std::string& pid, const std::string& name) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(name + ":", 0) == 0) return std::stol(line.substr(name.size() + 1));
  return -1;
}

/// A result of control characters in every part, as large as a program can leave it.
Result largest() {
  Result result;
  result.status = Status::kCompleted;
  result.output = result.errors = std::string(1 << 20, '\x01');
  result.exit_code = 0;
  result.wall_ms = 7;
  result.artifacts = {{"a", std::string(8 << 20, '\x02')}};
  return result;
}

}  // namespace

TEST_CASE("128 slow readers of the largest answers take neither threads nor more than the bound") {
  TempDatabase base;
  Database database{base.options(), 2};
  WorkQueue queue{database, new_uuid7()};
  const ApiProcess api({"--db=" + base.options(), "--log_level=error", "--threads=64"});
  const auto submitted = api.ask("POST", kExecutions, submission("python", "print(1)"));
  REQUIRE(submitted.status == 202);
  const auto id = text_at(json::parse(submitted.body), "execution_id");
  const auto claims = queue.turn({}, 1, {"python"}).claims;
  REQUIRE(claims.size() == 1);
  REQUIRE(queue.turn({{id, claims.at(0).attempt, largest()}}, 0, {}).recorded.size() == 1);

  const std::string path = std::string(kExecutions) + "/" + id;
  std::vector<FcgiClient> readers;
  for (int i = 0; i < 128; ++i) {
    auto& reader = readers.emplace_back(api.socket());
    // The JSON, a file and an output, of many owners.
    const std::string part = i % 3 == 0 ? "" : i % 3 == 1 ? "/artifacts/a" : "?encoding=base64";
    reader.begin(
        {{"REQUEST_METHOD", "GET"}, {"REQUEST_URI", path + part}, {"REMOTE_ADDR", "192.0.2.1"}});
    reader.body("");
  }
  // Each has the begin of its answer, or was told to come again; nobody takes more.
  int whole = 0;
  int refused = 0;
  for (auto& reader : readers) {
    const auto first = reader.part();
    if (first.find("Status: 200") != std::string::npos) ++whole;
    if (first.find("Status: 503") != std::string::npos) ++refused;
  }
  CHECK(whole > 0);
  CHECK(refused > 0);
  CHECK(whole + refused == 128);
  CHECK(api.ask("GET", "/health").status == 200);  // a thread is free

  const auto pid = std::to_string(api.pid());
  const auto peak = status_kb(pid, "VmHWM");
  INFO("peak " << peak << " KiB, now " << status_kb(pid, "VmRSS") << " KiB, answered " << whole);
  CHECK(peak > 0);
  CHECK(peak < kMaxProcessKb);
  // What was taken is free again for others.
  readers.clear();
  for (bool answered = false; !answered;) answered = api.ask("GET", path).status == 200;
  const auto last = api.ask("GET", path);
  CHECK(last.body.size() <= kMaxAnswerBytes);
  CHECK(status_kb(pid, "VmHWM") < kMaxProcessKb);
}
