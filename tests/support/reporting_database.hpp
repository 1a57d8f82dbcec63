#pragma once
// A database with the reporting views and made-up executions, and the eyes of an analyst on it.
#include <string>
#include <vector>

#include "tests/support/temp_database.hpp"

namespace runyard::test {

/// Migrated anew, since what a role's sessions begin with is not copied with a template.
class ReportingDatabase final {
 public:
  ReportingDatabase();

  /// As the superuser, as TempDatabase::sql.
  std::string sql(const std::string& text) const { return temp_.sql(text); }
  /// Runs sql/reporting/generate.sql: executions over the last three days.
  void generate(int executions) const;
  /// Runs SQL as runyard_reporting; returns its rows, columns separated by '|'. Throws pqxx's.
  std::vector<std::string> ask(const std::string& query) const;
  /// What PostgreSQL says of a query that the role may not run; "" when it may.
  std::string refusal(const std::string& query) const;

 private:
  TempDatabase temp_;
};

/// The names of the views of the schema reporting.
std::vector<std::string> reporting_views(const ReportingDatabase& database);

/// Scans of a whole partition of executions or results that a query does, one a line of its plan.
std::vector<std::string> whole_scans(const ReportingDatabase& database, const std::string& query);

}  // namespace runyard::test
