#include "tests/support/temp_database.hpp"

#include <unistd.h>

#include <cstdlib>
#include <pqxx/pqxx>
#include <stdexcept>

#include "core/ids.hpp"
#include "core/schema.hpp"

#if defined(__SANITIZE_ADDRESS__)
// libpqxx 6.4 loses the empty PGresult of a statement on a connection that turns out to be lost: make_result() asks
// that connection for its encoding, which throws, before anything owns the result.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:pqxx::connection_base::\n";
}
#endif

namespace runyard::test {
namespace {

void execute(const std::string& options, const std::string& sql) {
  pqxx::connection connection(options);
  pqxx::nontransaction(connection).exec(sql);
}

/// Drops the template when the process ends.
struct Template {
  std::string name = "template_" + std::to_string(::getpid());
  Template() {
    execute(test_cluster(), "drop database if exists " + name);
    execute(test_cluster(), "create database " + name);
    migrate(test_cluster() + " dbname=" + name, RUNYARD_SOURCE_DIR "/sql/migrations");
  }
  ~Template() { execute(test_cluster(), "drop database " + name); }
};

}  // namespace

std::string test_cluster() {
  const char* options = std::getenv("RUNYARD_TEST_DB");
  if (!options) throw std::runtime_error("RUNYARD_TEST_DB is not set: run ./runyard test");
  return options;
}

TempDatabase::TempDatabase() {
  static const Template from;
  name_ = "test_" + random_hex(6);
  execute(test_cluster(), "create database " + name_ + " template " + from.name);
  options_ = test_cluster() + " dbname=" + name_;
}

TempDatabase::~TempDatabase() {
  try {
    execute(test_cluster(), "drop database " + name_ + " with (force)");
  } catch (const std::exception&) {
    // The cluster is a test's own and goes as a whole.
  }
}

std::string TempDatabase::sql(const std::string& text) const {
  pqxx::connection connection(options_);
  pqxx::nontransaction transaction(connection);
  const auto rows = transaction.exec(text);
  if (rows.empty() || rows[0].empty() || rows[0][0].is_null()) return {};
  return rows[0][0].c_str();
}

}  // namespace runyard::test
