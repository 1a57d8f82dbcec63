#include "gateway/admission.hpp"

#include "core/network.hpp"
#include "gateway/gateway_metrics.hpp"

namespace runyard::gateway {

std::variant<Admission::Ticket, Problem> Admission::admit(const std::string& address) {
  // Proxies of this machine stand for all their clients.
  const auto key = is_loopback(address) ? std::string() : network_of(address);
  const std::lock_guard lock(mutex_);
  if (taken_ >= in_all_) {
    gateway_metrics().no_place.add();
    return Problem{503, "all " + std::to_string(in_all_) + " connections are taken; try again", {}};
  }
  if (!key.empty() && per_address_ > 0) {
    auto& count = addresses_[key];
    if (count >= per_address_) {
      gateway_metrics().address_full.add();
      return Problem{
          429,
          "at most " + std::to_string(per_address_) + " connections of one address at a time",
          {}};
    }
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
