#pragma once
// Which pages may open a connection.
#include <string>
#include <string_view>
#include <vector>

namespace runyard::gateway {

/// True when there is no Origin (no browser), when its host name is the one of Host (any port), or
/// when `allowed` holds the origin ("https://example.com") or "*". "null" and what cannot be read
/// as scheme://host[:port] are foreign. Browsers let any page open WebSockets to anywhere, with the
/// user's cookies and network position: only the server can refuse.
bool origin_allowed(const std::string* origin, const std::string* host,
                    const std::vector<std::string>& allowed);

}  // namespace runyard::gateway
