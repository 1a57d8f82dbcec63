#pragma once
// A database of its own for one test, cloned from a migrated template.
#include <string>

namespace runyard::test {

/// Created from the template (made on first use, kept for other test programs), dropped at the end.
/// Needs RUNYARD_TEST_DB: a connection string of a superuser of a cluster for tests.
class TempDatabase final {
 public:
  TempDatabase();
  ~TempDatabase();
  TempDatabase(const TempDatabase&) = delete;
  TempDatabase& operator=(const TempDatabase&) = delete;

  /// Connection string of the new database.
  const std::string& options() const { return options_; }

  /// Runs SQL as the superuser; returns the first column of the first row, or "".
  std::string sql(const std::string& text) const;

 private:
  std::string name_;
  std::string options_;
};

/// RUNYARD_TEST_DB; throws when it is not set, so that no test passes by not running.
std::string test_cluster();

}  // namespace runyard::test
