#include "fcgi-app/owner.hpp"

#include <algorithm>

#include "core/network.hpp"
#include "core/text.hpp"

namespace runyard {

std::optional<std::string> owner_of(const Request& request) {
  const auto& user = request.user;
  if (user.empty()) return "addr:" + to_utf8(network_of(request.remote_addr));
  const bool control = std::any_of(user.begin(), user.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (user.size() > 200 || control || !is_utf8(user)) return std::nullopt;
  return "user:" + user;
}

}  // namespace runyard
