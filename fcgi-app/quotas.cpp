#include "fcgi-app/quotas.hpp"

namespace runyard {

bool Quotas::some_have_their_own() {
  if (const auto known = any_seen_.find(0)) return *known;
  const bool any = any_();
  any_seen_.put(0, any);
  return any;
}

QuotaLimits Quotas::of(const std::string& owner) {
  if (!some_have_their_own()) return defaults_;
  if (const auto known = seen_.find(owner)) return *known;
  auto limits = defaults_;
  if (const auto own = find_(owner)) {
    limits.queued = own->queued.value_or(limits.queued);
    limits.running = own->running.value_or(limits.running);
    limits.per_minute = own->per_minute.value_or(limits.per_minute);
    limits.cpu_s_per_day = own->cpu_s_per_day.value_or(limits.cpu_s_per_day);
  }
  seen_.put(owner, limits);
  return limits;
}

}  // namespace runyard
