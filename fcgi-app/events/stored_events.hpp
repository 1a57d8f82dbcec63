#pragma once
// The events of an execution that nobody followed, made from how it ended.
#include <string_view>
#include <vector>

#include "core/execution.hpp"
#include "core/live_store.hpp"

namespace runyard {

/// Such events are numbered from here on within the attempt, so that an id tells whether it was one
/// of these or came while the program ran: the outputs may be cut into other pieces.
inline constexpr std::int64_t kFirstStoredEvent = 500'000'001;

/// Stages, tests and outputs in their order of arrival as far as it is known; always the same for
/// the same execution, which must be over. The end is not among them.
std::vector<LiveEvent> stored_events(const Execution& execution);

}  // namespace runyard
