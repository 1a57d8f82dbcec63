#pragma once
// What live events of kind status and test hold, the same wherever they are made.
#include <cstddef>
#include <string>
#include <string_view>

#include "core/execution.hpp"

namespace runyard {

/// "PASSED", "SKIPPED" or the reason why it failed.
std::string verdict_of(const TestResult& test);

/// {"status":"RUNNING","stage":"compile"|"run","attempt":1}
std::string stage_event(std::string_view stage, int attempt);

/// {"index":0,"name","verdict","execution_time","cpu_time_ms","memory_kb"}, the last three null of
/// a test that was not run. Nothing of what it wrote.
std::string test_event(std::size_t index, const TestResult& test);

}  // namespace runyard
