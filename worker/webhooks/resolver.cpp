#include "worker/webhooks/resolver.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <system_error>
#include <thread>

namespace runyard {
namespace {

Resolved look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  // AI_ADDRCONFIG does not count loopback as configured: an address itself needs no question.
  if (parse_address(host)) hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failed != 0) return {{}, std::string("its host was not found: ") + ::gai_strerror(failed)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Resolved resolved;
  for (const auto* one = found; one; one = one->ai_next) {
    IpAddress address;
    if (one->ai_family == AF_INET) {
      const auto* in = reinterpret_cast<const sockaddr_in*>(one->ai_addr);
      std::memcpy(address.bytes.data(), &in->sin_addr, 4);
    } else if (one->ai_family == AF_INET6) {
      const auto* in = reinterpret_cast<const sockaddr_in6*>(one->ai_addr);
      address.v6 = true;
      std::memcpy(address.bytes.data(), &in->sin6_addr, 16);
    } else {
      continue;
    }
    auto& all = resolved.addresses;
    if (std::find(all.begin(), all.end(), address) == all.end()) all.push_back(address);
  }
  if (resolved.addresses.empty()) resolved.error = "its host has no address";
  return resolved;
}

}  // namespace

struct SystemResolver::Count {
  int most;
  std::atomic<int> awaited{0};
};

SystemResolver::SystemResolver(int most) : count_(std::make_shared<Count>()) {
  count_->most = most;
}

bool SystemResolver::resolve(const std::string& host, Answer answer) {
  if (++count_->awaited > count_->most) {
    --count_->awaited;
    return false;
  }
  try {
    std::thread([count = count_, host, answer = std::move(answer)] {
      answer(look_up(host));
      --count->awaited;
    }).detach();
  } catch (const std::system_error&) {  // no thread can be made now
    --count_->awaited;
    return false;
  }
  return true;
}

}  // namespace runyard
