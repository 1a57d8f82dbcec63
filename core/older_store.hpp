#pragma once
// What the clients of the older interfaces need of the database beside executions: numbers instead
// of ids, and the list of what came through one interface.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/database.hpp"
#include "core/execution.hpp"

namespace runyard {

/// An entry of the learning platform's history, whose clients know executions by numbers.
struct HistoryEntry {
  std::int64_t id = 0;
  std::string execution_id;
};

/// An interface, so that tests of translations need no database. Thread-safe; every call may throw
/// DatabaseUnavailable.
class OlderStore {
 public:
  virtual ~OlderStore() = default;

  /// Gives the execution a number. It may be done before the execution is there: until that is
  /// over, no history shows it.
  virtual std::int64_t add_history(const std::string& owner, const std::string& execution_id) = 0;
  /// Entries whose execution is over, newest first. An empty project means any.
  virtual std::vector<HistoryEntry> history(const std::string& owner, const std::string& project_id,
                                            int limit) = 0;
  /// nullopt when there is none, it is not over or it is another owner's.
  virtual std::optional<HistoryEntry> history_entry(const std::string& owner, std::int64_t id) = 0;
  /// Takes the number back; the execution itself stays.
  virtual void remove_history(const std::string& owner, const std::string& execution_id) = 0;

  /// Ids of the newest executions of the spec engine's interface.
  virtual std::vector<std::string> newest_spec(const std::string& owner, int limit) = 0;
};

class StoredOlder final : public OlderStore {
 public:
  explicit StoredOlder(Database& database) : database_(database) {}

  std::int64_t add_history(const std::string& owner, const std::string& execution_id) override;
  std::vector<HistoryEntry> history(const std::string& owner, const std::string& project_id,
                                    int limit) override;
  std::optional<HistoryEntry> history_entry(const std::string& owner, std::int64_t id) override;
  void remove_history(const std::string& owner, const std::string& execution_id) override;
  std::vector<std::string> newest_spec(const std::string& owner, int limit) override;

 private:
  Database& database_;
};

}  // namespace runyard
