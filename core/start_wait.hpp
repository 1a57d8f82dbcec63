#pragma once
// The start of a service whose database may not be there yet.
#include <signal.h>

#include <chrono>
#include <functional>

#include "core/database.hpp"

namespace runyard {

/// A service that answers 503 while its database is away can start before it does. One that never
/// reaches it has a wrong setting: it ends, and what watches over it tells.
class StartWait final {
 public:
  /// Looks at the schema. Throws SchemaMismatch, and DatabaseUnavailable when `limit` is zero; with
  /// a limit a database that is away is logged.
  StartWait(Database& database, std::chrono::seconds limit);

  /// Whether the schema was seen to be the right one.
  bool seen() const { return seen_; }

  /// Sleeps until one of `signals` (blocked in all threads) comes and returns its number. As soon
  /// as `connected` says that the database is there the schema is looked at. Throws SchemaMismatch,
  /// and DatabaseUnavailable when it was not there before the limit since the construction.
  int await_signal(const sigset_t& signals, const std::function<bool()>& connected);

 private:
  Database& database_;
  const std::chrono::steady_clock::time_point deadline_;
  bool seen_ = false;
};

}  // namespace runyard
