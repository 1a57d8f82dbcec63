#pragma once
// Connections to PostgreSQL, shared by the threads of one program. What libpqxx is stays in the
// .cpp files: stores include core/database_connection.hpp.
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace runyard {

class DatabaseConnection;

/// For set_session_defaults() of programs whose statements look up few rows. One that was planned
/// while its table was nearly empty, as the queue mostly is, would read all of it later.
inline const std::vector<std::string> kLookupPlans = {"enable_seqscan=off"};

/// Sets what every later connection of this process starts with, unless the environment says
/// otherwise: the time to wait for a server, and `settings` (name=value of PostgreSQL's). Called
/// once, before any thread starts. They are part of the connection's start, so a reconnect has them
/// too.
void set_session_defaults(const std::vector<std::string>& settings);

/// Throws ConfigError when `options` is no libpq connection string. libpqxx calls that a broken
/// connection, which one would wait for.
void check_connection_string(const std::string& options);

/// A pool of at most `size` connections, opened when first needed and again after a loss.
/// Thread-safe.
class Database final {
 public:
  /// `options` is a libpq connection string; throws ConfigError when it is none. Opens nothing yet.
  Database(std::string options, int size);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `work` on a connection of its own for that time; waits for one up to 5 s. When the
  /// connection turns out to be broken, `work` runs once more on a new one: it must be harmless to
  /// do it twice. Throws DatabaseUnavailable when that fails too; passes on what `work` throws
  /// otherwise.
  void run(const std::function<void(DatabaseConnection&)>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runyard
