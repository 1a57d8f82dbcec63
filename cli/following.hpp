#pragma once
// An execution from its submission to its end, with what it writes as it comes.
#include <functional>
#include <string>
#include <string_view>

#include "cli/service.hpp"
#include "core/json.hpp"

namespace runyard::cli {

/// What a follower gets to see. Each may be empty.
struct Watcher {
  std::function<void(std::string_view bytes)> on_stdout;
  std::function<void(std::string_view bytes)> on_stderr;
  /// {"index","name","verdict","execution_time","cpu_time_ms","memory_kb"}
  std::function<void(const json::Value& test)> on_test;
  /// All that comes from here on is of another attempt, from its beginning.
  std::function<void()> on_new_attempt;
};

/// Waits for the end by the execution's events and gives it as JSON with its outputs in base64. A
/// connection that breaks is made again and goes on behind the last event; where there are no
/// events to be had, the end is asked for instead. A signal cancels the execution, whose end is
/// then waited for. Throws Failure when the server stays away or does not know the execution.
json::Value follow(Service& service, const std::string& execution_id, const Watcher& watcher);

/// The end alone, as the API gives it: its text, with outputs as UTF-8 or, with "encoding=base64"
/// as `query`, in base64.
std::string wait_for_end(Service& service, const std::string& execution_id,
                         const std::string& query);

}  // namespace runyard::cli
