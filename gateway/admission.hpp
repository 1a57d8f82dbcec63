#pragma once
// How many clients are connected, in all and from one address.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "gateway/problem.hpp"

namespace runyard::gateway {

/// Thread-safe.
class Admission final {
 public:
  /// 0: any number of one address. This machine's own addresses are not counted apart.
  Admission(int in_all, int per_address) : in_all_(in_all), per_address_(per_address) {}

  /// Given back when the last copy goes. Must not outlive the Admission.
  using Ticket = std::shared_ptr<void>;

  /// A ticket, or 503 (all places are taken) or 429 (too many of this address). Addresses of one
  /// IPv6 network of 64 bits count as one.
  std::variant<Ticket, Problem> admit(const std::string& address);

  int taken() const;

 private:
  void give_back(const std::string& key);

  const int in_all_;
  const int per_address_;
  mutable std::mutex mutex_;
  int taken_ = 0;                         // under mutex_
  std::map<std::string, int> addresses_;  // under mutex_; none is 0
};

}  // namespace runyard::gateway
