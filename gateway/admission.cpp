#include "gateway/admission.hpp"

#include <arpa/inet.h>

#include <cstring>

namespace runyard::gateway {
namespace {

/// Who counts as one: an IPv4 address, the first 64 bits of an IPv6 one (one customer has all
/// behind them). "" for this machine's own.
std::string network_of(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1)
    return address.compare(0, 4, "127.") == 0 ? "" : address;
  in6_addr six{};
  if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
  if (IN6_IS_ADDR_LOOPBACK(&six)) return "";
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    char text[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, six.s6_addr + 12, text, sizeof(text));
    return network_of(text);
  }
  std::memset(six.s6_addr + 8, 0, 8);
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET6, &six, text, sizeof(text));
  return text;
}

}  // namespace

std::variant<Admission::Ticket, Problem> Admission::admit(const std::string& address) {
  const auto key = network_of(address);
  const std::lock_guard lock(mutex_);
  if (taken_ >= in_all_)
    return Problem{503, "all " + std::to_string(in_all_) + " connections are taken; try again", {}};
  if (!key.empty() && per_address_ > 0) {
    auto& count = addresses_[key];
    if (count >= per_address_)
      return Problem{
          429,
          "at most " + std::to_string(per_address_) + " connections of one address at a time",
          {}};
    ++count;
  }
  ++taken_;
  return Ticket(nullptr, [this, key](void*) { give_back(key); });
}

int Admission::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

void Admission::give_back(const std::string& key) {
  const std::lock_guard lock(mutex_);
  --taken_;
  const auto found = addresses_.find(key);
  if (found != addresses_.end() && --found->second == 0) addresses_.erase(found);
}

}  // namespace runyard::gateway
