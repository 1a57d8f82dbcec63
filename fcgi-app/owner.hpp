#pragma once
// Whose request it is: the one place where a caller gets its identity.
#include <optional>
#include <string>

#include "fcgi-app/http.hpp"

namespace runyard {

/// "user:NAME" when the web server vouches for a name (FastCGI parameter RUNYARD_USER, set after
/// its own login; never an HTTP header), else "addr:ADDRESS" (of IPv6 its first 64
/// bits: one customer has all addresses behind them, and quotas would be empty words). nullopt when
/// the vouched name cannot be used: longer than 200 bytes, not UTF-8 or with control characters.
/// The address does not step in then, since that would hand a known user the executions of
/// everybody behind one proxy.
std::optional<std::string> owner_of(const Request& request);

}  // namespace runyard
