#include "tests/support/temp_database.hpp"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <pqxx/pqxx>
#include <stdexcept>

#include "core/ids.hpp"
#include "core/schema.hpp"
#include "core/text.hpp"
#include "tests/support/paths.hpp"

#if defined(__SANITIZE_ADDRESS__)
// libpqxx 6.4 loses the empty PGresult of a statement on a connection that turns out to be lost:
// make_result() asks that connection for its encoding, which throws, before anything owns the
// result.
extern "C" const char* __lsan_default_suppressions() { return "leak:pqxx::connection_base::\n"; }
#endif

namespace runyard::test {
namespace {

void execute(const std::string& options, const std::string& sql) {
  pqxx::connection connection(options);
  pqxx::nontransaction(connection).exec(sql);
}

std::string utc_month() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  return std::to_string(parts.tm_year) + "-" + std::to_string(parts.tm_mon) + "\n";
}

/// Of the migrations' contents and the month, whose partitions they make: what these are now has a
/// template of its own.
std::string template_name() {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("sql/migrations"))) {
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in),
                                               std::istreambuf_iterator<char>()};
  }
  std::string all = utc_month();
  for (const auto& [name, text] : files) all += name + "\n" + text + "\n";
  return "template_" + sha256_hex(all).substr(0, 16);
}

/// Makes the template unless an earlier test program has: migrating takes longer than most tests,
/// and ctest starts a program for each. It gets its name when it is complete, and stays as long as
/// the cluster does.
std::string ready_template() {
  const auto name = template_name();
  pqxx::connection connection(test_cluster());
  pqxx::nontransaction session(connection);
  session.exec("set lock_timeout = 0");  // another program may be making it
  session.exec("select pg_advisory_lock(hashtext('runyard test template'))");
  if (!session.exec("select from pg_database where datname = '" + name + "'").empty()) return name;
  session.exec("drop database if exists " + name + "_new");
  session.exec("create database " + name + "_new");
  migrate(test_cluster() + " dbname=" + name + "_new", source_path("sql/migrations"));
  session.exec("alter database " + name + "_new rename to " + name);
  return name;
}

}  // namespace

std::string test_cluster() {
  const char* options = std::getenv("RUNYARD_TEST_DB");
  if (!options) throw std::runtime_error("RUNYARD_TEST_DB is not set: run ./runyard test");
  return options;
}

TempDatabase::TempDatabase() {
  static const std::string from = ready_template();
  name_ = "test_" + random_hex(6);
  execute(test_cluster(), "create database " + name_ + " template " + from);
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
  if (rows.empty() || rows.columns() == 0 || rows[0][0].is_null()) return {};
  return rows[0][0].c_str();
}

}  // namespace runyard::test
