#pragma once
// Quotas in the database. All SQL about them is here, but the counting of CPU time, which is part
// of an execution's end (core/work_queue.cpp).
#include <optional>
#include <string>

#include "core/database.hpp"
#include "core/quota.hpp"

namespace runyard {

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL cannot be reached.
class QuotaStore final {
 public:
  explicit QuotaStore(Database& database) : database_(database) {}

  /// True when some owner has limits of its own.
  bool has_overrides();
  std::optional<QuotaOverrides> overrides(const std::string& owner);

 private:
  Database& database_;
};

}  // namespace runyard
