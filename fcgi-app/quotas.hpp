#pragma once
// Which quota applies to an owner.
#include <functional>
#include <string>

#include "core/quota.hpp"
#include "fcgi-app/auth/timed_cache.hpp"

namespace runyard {

/// The defaults, and what some owners have instead. Both are known without the database but for one
/// look in `kSeen`, and one for an owner while anybody has a quota of its own: changes count after
/// so long. Thread-safe.
class Quotas final {
 public:
  static constexpr std::chrono::seconds kSeen{5};

  using AnyOverrides = std::function<bool()>;
  using FindOverrides = std::function<std::optional<QuotaOverrides>(const std::string& owner)>;

  Quotas(QuotaLimits defaults, AnyOverrides any, FindOverrides find)
      : defaults_(defaults), any_(std::move(any)), find_(std::move(find)) {}

  /// Throws what the functions throw.
  QuotaLimits of(const std::string& owner);

 private:
  static constexpr std::size_t kMaxSeen = 10'000;

  bool some_have_their_own();

  const QuotaLimits defaults_;
  const AnyOverrides any_;
  const FindOverrides find_;
  TimedCache<int, bool> any_seen_{kSeen, 1};
  TimedCache<std::string, QuotaLimits> seen_{kSeen, kMaxSeen};
};

}  // namespace runyard
