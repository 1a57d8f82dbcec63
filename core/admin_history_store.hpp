#pragma once
// How much of the history there is, and the removal of what is old.
#include <cstdint>
#include <string>
#include <vector>

#include "core/database.hpp"

namespace runyard {

/// The partitions of executions and results of one month.
struct HistoryMonth {
  std::string month;            ///< 2026-01
  std::int64_t executions = 0;  ///< as PostgreSQL last estimated; -1: it has not yet
  std::int64_t execution_bytes = 0;
  std::int64_t result_bytes = 0;  ///< both with their indexes
};

/// What a removal would take.
struct OldHistory {
  std::vector<std::string> months;  ///< that go as a whole
  std::int64_t executions = 0;      ///< in the other months
  std::int64_t unfinished = 0;      ///< old, and kept since they are still to do
  std::int64_t sessions = 0;
};

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL cannot be reached.
class AdminHistoryStore final {
 public:
  explicit AdminHistoryStore(Database& database) : database_(database) {}

  /// The oldest first.
  std::vector<HistoryMonth> months();
  /// Those of this month and of `ahead` more that are not there.
  void make_months(int ahead);

  /// The moment so many days ago by the database's clock, for the calls below.
  std::string days_ago(int days);
  OldHistory older_than(const std::string& moment);
  /// Drops the months that lie before it as a whole. Returns how many.
  int drop_months(const std::string& moment);
  /// Removes up to `most` executions that were submitted before it, with all that belongs to them,
  /// the oldest first. What is still to do stays. Returns how many went; 0: none is left.
  int remove_executions(const std::string& moment, int most);
  /// The same for code sessions that nobody has changed or run since.
  int remove_sessions(const std::string& moment, int most);

 private:
  Database& database_;
};

}  // namespace runyard
