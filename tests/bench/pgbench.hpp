#pragma once
// PostgreSQL's own rate for the statements of the pipeline, by pgbench.
#include <filesystem>
#include <string>

#include "tests/bench/stack.hpp"
#include "tests/support/temp_database.hpp"

namespace runyard::bench {

/// Lives by nobody but pgbench, on a database of its own: submit one, claim one, finish it, read
/// it; each a prepared statement and a transaction of its own. Nobody waits or is notified.
class PgBench final {
 public:
  /// Takes the statements from a session of the stores' own (pg_prepared_statements), so that they
  /// are the real ones, and writes the script into `folder`. Throws Failure.
  PgBench(const Stack& stack, const std::filesystem::path& folder);

  /// Lives a second over `seconds` by `clients` connections. Checks that as many results are there.
  double rate(int clients, int seconds);

 private:
  const Stack& stack_;
  const test::TempDatabase database_;
  std::filesystem::path script_;
};

}  // namespace runyard::bench
