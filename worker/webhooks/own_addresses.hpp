#pragma once
// What this machine can be reached by.
#include <vector>

#include "worker/webhooks/address_rules.hpp"

namespace runyard {

/// The addresses of all interfaces at this moment: also those of the public internet, behind which
/// services may listen that only this machine is meant to reach. Throws std::system_error.
std::vector<IpAddress> own_addresses();

}  // namespace runyard
