#pragma once
// What every program tells of itself.
#include "core/metrics.hpp"

namespace runyard {

/// Version, time of the start, memory, descriptors and threads.
void ask_of_process(metrics::Asked& asked);

}  // namespace runyard
