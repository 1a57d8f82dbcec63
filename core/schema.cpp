#include "core/schema.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

#include "core/database_connection.hpp"
#include "core/errors.hpp"

namespace runyard {
namespace {

constexpr Statement kVersion{"schema_version",
                             "select coalesce(max(version), 0) from schema_version"};

constexpr Statement kOwner{"schema_owner",
                           "select current_user, owner, pg_has_role(owner, 'usage')\n"
                           "from (select pg_get_userbyid(relowner) as owner\n"
                           "      from pg_class where oid = 'queue'::regclass) as o"};

constexpr Statement kApplied{
    "schema_applied",
    "insert into schema_version (version, name) values ($1, $2) on conflict do nothing"};

constexpr char kCreateTable[] =
    "create table if not exists schema_version ("
    " version integer primary key,"
    " name text not null,"
    " applied_at timestamptz not null default now())";

std::vector<std::filesystem::path> migration_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (entry.path().extension() == ".sql") files.push_back(entry.path());
  if (failed) throw ConfigError(folder.string() + " cannot be read: " + failed.message());
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i < files.size(); ++i)
    if (std::atoi(files[i].filename().c_str()) != static_cast<int>(i) + 1)
      throw ConfigError(files[i].string() + " should have number " + std::to_string(i + 1));
  return files;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw ConfigError(path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// False when another starter applied it meanwhile.
bool apply(pqxx::connection& connection, int version, const std::filesystem::path& file) {
  pqxx::work transaction(connection);
  const auto inserted =
      exec_prepared(transaction, kApplied.name, version, file.filename().string());
  if (inserted.affected_rows() == 0) return false;
  transaction.exec(read_file(file));
  transaction.commit();
  return true;
}

/// Which database it is, for people.
std::string place_of(pqxx::connection& connection) {
  const char* name = connection.dbname();
  const char* host = connection.hostname();
  return std::string(name ? name : "") + " at " + (host ? host : "an unknown host");
}

}  // namespace

void require_schema(Database& database) {
  int version = 0;
  std::string place;
  database.run([&](DatabaseConnection& connection) {
    place = place_of(connection.raw());
    try {
      version = connection.exec(kVersion)[0][0].as<int>();
    } catch (const pqxx::undefined_table&) {
      version = 0;
    }
  });
  if (version == kSchemaVersion) return;
  throw SchemaMismatch("db: the schema of database " + place + " is version " +
                           std::to_string(version) + ", this program needs " +
                           std::to_string(kSchemaVersion) +
                           (version < kSchemaVersion ? ": run runyard-migrate (./runyard up does)"
                                                     : ": run newer programs"),
                       version);
}

void require_owner(Database& database) {
  std::string mistake;
  database.run([&](DatabaseConnection& connection) {
    const auto row = connection.exec(kOwner)[0];
    mistake.clear();
    if (!row[2].as<bool>())
      mistake = std::string("db: the role ") + row[0].c_str() + " is not enough: this needs " +
                row[1].c_str() + ", which owns the schema (as runyard-migrate has it)";
  });
  if (!mistake.empty()) throw ConfigError(mistake);
}

std::vector<std::string> migrate(const std::string& options, const std::filesystem::path& folder) {
  const auto files = migration_files(folder);
  check_connection_string(options);
  std::unique_ptr<pqxx::connection> opened;
  try {
    opened = std::make_unique<pqxx::connection>(options);
  } catch (const pqxx::broken_connection& e) {
    throw DatabaseUnavailable(one_line(e.what()));
  }
  auto& connection = *opened;
  int version = 0;
  try {
    pqxx::work transaction(connection);
    // `if not exists` alone fails when two create the table at the same moment.
    transaction.exec("select pg_advisory_xact_lock(hashtext('runyard migrations'))");
    transaction.exec(kCreateTable);
    version = transaction.exec(kVersion.sql)[0][0].as<int>();
    transaction.commit();
  } catch (const pqxx::sql_error& e) {
    throw std::runtime_error("database " + place_of(connection) + ": " + one_line(e.what()));
  }
  if (version > static_cast<int>(files.size()))
    throw ConfigError("db: the schema of database " + place_of(connection) + " is version " +
                      std::to_string(version) + ", newer than the newest file in " +
                      folder.string());
  connection.prepare(kApplied.name, kApplied.sql);
  std::vector<std::string> applied;
  for (std::size_t i = static_cast<std::size_t>(version); i < files.size(); ++i) {
    try {
      if (apply(connection, static_cast<int>(i) + 1, files[i]))
        applied.push_back(files[i].filename().string());
    } catch (const pqxx::sql_error& e) {
      throw std::runtime_error(files[i].string() + ": " + one_line(e.what()));
    }
  }
  return applied;
}

}  // namespace runyard
