#pragma once
// The database's version, and the migrations that bring it there.
#include <filesystem>
#include <string>
#include <vector>

#include "core/database.hpp"
#include "core/errors.hpp"

namespace runyard {

/// The number of the newest migration that this build knows.
constexpr int kSchemaVersion = 10;

/// The database has another schema than this build.
class SchemaMismatch : public ConfigError {
 public:
  SchemaMismatch(const std::string& message, int found) : ConfigError(message), version(found) {}
  int version;  ///< the database's; 0: none
};

/// Throws SchemaMismatch unless the database's schema is exactly kSchemaVersion: an older one asks
/// for runyard-migrate, a newer one for newer programs. Throws DatabaseUnavailable.
void require_schema(Database& database);

/// Throws ConfigError unless this connection's role may do all that the schema's owner may. Throws
/// DatabaseUnavailable.
void require_owner(Database& database);

/// Applies the files NNNN_*.sql of `folder` that the database has not seen, each in a transaction
/// of its own that first inserts its version, so that of two starters one waits and then does
/// nothing. Returns the names applied. Throws ConfigError for a gap in the numbers and for a
/// database newer than the folder, and std::runtime_error naming the file that failed.
std::vector<std::string> migrate(const std::string& options, const std::filesystem::path& folder);

}  // namespace runyard
