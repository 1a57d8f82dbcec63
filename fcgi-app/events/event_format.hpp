#pragma once
// Events as text/event-stream (the HTML standard, "Server-sent events").
#include <string>

#include "core/execution.hpp"
#include "core/execution_json.hpp"
#include "core/live_store.hpp"

namespace runyard {

/// At the beginning of each stream: a client whose connection broke comes back after a second.
inline constexpr char kStreamStart[] = "retry: 1000\n\n";
/// Keeps a quiet connection from being taken for a dead one.
inline constexpr char kStreamComment[] = ":\n\n";

/// kText: outputs as UTF-8, each other byte as U+FFFD; kBase64: byte-exact.
std::string format_event(const LiveEvent& event, OutputEncoding encoding);

/// The first event of an execution that waits; its id is 0.
std::string format_queued();

/// The last event of an execution that is over, with all of it.
std::string format_end(const Execution& execution, OutputEncoding encoding);

}  // namespace runyard
