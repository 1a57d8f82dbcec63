#include "tests/support/reporting_database.hpp"

#include <fstream>
#include <iterator>
#include <pqxx/pqxx>
#include <regex>
#include <utility>

#include "core/schema.hpp"
#include "tests/support/paths.hpp"

namespace runyard::test {

ReportingDatabase::ReportingDatabase() {
  sql("do $$ begin"
      " if to_regrole('runyard_reporting') is null then create role runyard_reporting login; end "
      "if;"
      " end $$");
  sql("drop schema public cascade; drop schema reporting cascade; create schema public;"
      " grant usage on schema public to public");
  migrate(temp_.options(), source_path("sql/migrations"));
}

void ReportingDatabase::generate(int executions) const {
  std::ifstream in(source_path("sql/reporting/generate.sql"), std::ios::binary);
  const std::string script{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  sql("set generate.executions = " + std::to_string(executions) + "; set generate.days = 3;" +
      script);
}

std::vector<std::string> ReportingDatabase::ask(const std::string& query) const {
  pqxx::connection connection(temp_.options() + " user=runyard_reporting");
  pqxx::nontransaction session(connection);
  std::vector<std::string> rows;
  for (const auto& row : session.exec(query)) {
    std::string line;
    const char* separator = "";
    for (const auto& field : row)
      line += std::exchange(separator, "|") + std::string(field.c_str());
    rows.push_back(std::move(line));
  }
  return rows;
}

std::string ReportingDatabase::refusal(const std::string& query) const {
  try {
    ask(query);
    return {};
  } catch (const pqxx::sql_error& e) {
    return e.what();
  }
}

std::vector<std::string> reporting_views(const ReportingDatabase& database) {
  return database.ask(
      "select relname from pg_class where relnamespace = 'reporting'::regnamespace order by 1");
}

std::vector<std::string> whole_scans(const ReportingDatabase& database, const std::string& query) {
  std::vector<std::string> found;
  for (const auto& line : database.ask("explain (analyze, timing off, costs off) " + query)) {
    std::smatch scan;
    if (!std::regex_search(line, scan, std::regex("Seq Scan on ((executions|results)\\w*)")) ||
        line.find("never executed") != std::string::npos)
      continue;
    // At the border of two months one of the partitions has a page or two.
    if (database.sql("select reltuples < 100 from pg_class where relname = '" + scan.str(1) +
                     "'") != "t")
      found.push_back(line);
  }
  return found;
}

}  // namespace runyard::test
