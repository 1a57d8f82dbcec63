#include "core/start_wait.hpp"

#include <ctime>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "core/schema.hpp"

namespace runyard {

StartWait::StartWait(Database& database, std::chrono::seconds limit)
    : database_(database), deadline_(std::chrono::steady_clock::now() + limit) {
  try {
    require_schema(database_);
    seen_ = true;
  } catch (const DatabaseUnavailable& error) {
    if (limit.count() == 0) throw;
    log::warn("started without a database",
              {{"error", error.what()}, {"ends_in_s", limit.count()}});
  }
}

int StartWait::await_signal(const sigset_t& signals, const std::function<bool()>& connected) {
  const timespec pause{0, 200'000'000};
  while (!seen_) {
    const int signal = ::sigtimedwait(&signals, nullptr, &pause);
    if (signal > 0) return signal;
    const bool late = std::chrono::steady_clock::now() >= deadline_;
    if (!connected() && !late) continue;
    try {
      require_schema(database_);
      seen_ = true;
    } catch (const DatabaseUnavailable&) {
      if (late) throw;
    }
  }
  int signal = 0;
  ::sigwait(&signals, &signal);
  return signal;
}

}  // namespace runyard
