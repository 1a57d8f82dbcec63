#include "core/live_events.hpp"

#include <optional>

#include "core/json.hpp"
#include "core/text.hpp"

namespace runyard {

std::string verdict_of(const TestResult& test) {
  if (test.skipped) return "SKIPPED";
  if (test.status == Status::kCompleted) return "PASSED";
  const auto reason = to_string(test.reason);
  return std::string(reason.empty() ? to_string(test.status) : reason);
}

std::string stage_event(std::string_view stage, int attempt) {
  json::Writer writer;
  writer.begin_object().member("status", to_string(Status::kRunning)).member("stage", stage);
  writer.member("attempt", attempt).end_object();
  return writer.text();
}

std::string test_event(std::size_t index, const TestResult& test) {
  json::Writer writer;
  writer.begin_object().member("index", static_cast<std::int64_t>(index));
  writer.member("name", to_utf8(test.name)).member("verdict", verdict_of(test));
  const auto figure = [&](const char* name, std::int64_t value) {
    writer.key(name);
    test.skipped ? writer.null() : writer.integer(value);
  };
  figure("execution_time", test.wall_ms);
  figure("cpu_time_ms", test.cpu_ms);
  figure("memory_kb", test.memory_kb);
  writer.end_object();
  return writer.text();
}

}  // namespace runyard
