// runyard-migrate: brings a database to the schema of this build, then exits. Run by `./runyard up`
// as the schema's owner; the programs themselves may not change the schema. Exit codes: 0 done or
// nothing to do, 1 a migration failed or the database is away, 2 wrong settings.
#include <iostream>

#include "core/config.hpp"
#include "core/schema.hpp"

int main(int argc, char** argv) {
  using namespace runyard;
  std::string db;
  std::string folder = "sql/migrations";
  const std::vector<Setting> settings = {
      with_alias(text_setting("db", db, "libpq connection string of the schema's owner."),
                 "RUNNER_DB_DSN"),
      text_setting("migrations_dir", folder, "Folder of the NNNN_what.sql files."),
  };
  try {
    if (!read_config("runyard-migrate", "applies the migrations that a database lacks", settings,
                     process_sources(argc, argv)))
      return 0;
    const auto applied = migrate(db, folder);
    for (const auto& name : applied) std::cout << "applied " << name << "\n";
    if (applied.empty()) std::cout << "schema is up to date\n";
    return 0;
  } catch (const ConfigError& e) {
    std::cerr << e.what() << "\n";
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "runyard-migrate: " << e.what() << "\n";
    return 1;
  }
}
