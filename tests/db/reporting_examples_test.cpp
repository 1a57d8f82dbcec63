// The queries of sql/reporting/README.md and of the dashboard, run as an analyst would.
#include <fstream>
#include <iterator>

#include "core/json.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/reporting_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

using Rows = std::vector<std::string>;

std::string text_of_file(const std::string& path) {
  std::ifstream in(source_path(path), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// What stands between ```sql and ```.
Rows sql_blocks(const std::string& text) {
  Rows blocks;
  const std::string begin = "```sql\n";
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    at += begin.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// The macros of Grafana's PostgreSQL data source that the dashboard uses, for the last day.
std::string expanded(std::string query, const std::string& from, const std::string& to) {
  const std::string filter = "$__timeFilter(";
  for (auto at = query.find(filter); at != std::string::npos; at = query.find(filter)) {
    const auto end = query.find(')', at);
    const auto column = query.substr(at + filter.size(), end - at - filter.size());
    query.replace(at, end + 1 - at, column + " BETWEEN '" + from + "' AND '" + to + "'");
  }
  replace_all(query, "$__timeFrom()", "'" + from + "'");
  replace_all(query, "$__timeTo()", "'" + to + "'");
  replace_all(query, "${language:sqlstring}", "'python','cpp'");
  return query;
}

/// Every member of this name with a text in it, however deep.
void collect(const json::Value& value, const std::string& name, Rows& found) {
  if (const auto* array = value.array())
    for (const auto& item : *array) collect(item, name, found);
  if (const auto* object = value.object())
    for (const auto& [key, member] : *object) {
      if (key == name && member.string()) found.push_back(*member.string());
      collect(member, name, found);
    }
}

}  // namespace

TEST_CASE("the examples of the reports' README run, find something and read a range only") {
  ReportingDatabase database;
  database.generate(4000);
  const auto examples = sql_blocks(text_of_file("sql/reporting/README.md"));
  REQUIRE(examples.size() >= 10);
  for (const auto& example : examples) {
    INFO(example);
    const auto rows = database.ask(example);
    // An id that only stands for another, and what had better not be.
    const bool may_be_empty = example.find("SANDBOX_FAILURE") != std::string::npos ||
                              example.find("7000-8000-000000000000") != std::string::npos;
    CHECK((may_be_empty || !rows.empty()));
    CHECK(whole_scans(database, example) == Rows{});
  }
}

TEST_CASE("every query of the dashboard runs, finds something and reads a range only") {
  ReportingDatabase database;
  database.generate(4000);
  const auto to =
      database.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  const auto from = database.sql(
      "select to_char((now() - interval '1 day') at time zone 'UTC',"
      " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  const auto dashboard = json::parse(text_of_file("sql/reporting/grafana-dashboard.json"));
  Rows queries;
  collect(dashboard, "rawSql", queries);
  const auto* variables = dashboard.find("templating")->find("list")->array();
  for (const auto& variable : *variables)
    if (*variable.find("type")->string() == "query")
      queries.push_back(*variable.find("query")->string());
  REQUIRE(queries.size() >= 15);
  for (const auto& query : queries) {
    const auto run = expanded(query, from, to);
    INFO(run);
    CHECK(run.find('$') == std::string::npos);
    CHECK(!database.ask(run).empty());
    CHECK(whole_scans(database, run) == Rows{});
  }
}

TEST_CASE("a graph of the dashboard has a time first, and names its lines") {
  ReportingDatabase database;
  database.generate(1000);
  const auto dashboard = json::parse(text_of_file("sql/reporting/grafana-dashboard.json"));
  for (const auto& panel : *dashboard.find("panels")->array()) {
    INFO(*panel.find("title")->string());
    CHECK(*panel.find("datasource")->find("uid")->string() == "${database}");
    if (*panel.find("type")->string() != "timeseries") continue;
    const auto& target = panel.find("targets")->array()->at(0);
    CHECK(*target.find("format")->string() == "time_series");
    const auto query = expanded(*target.find("rawSql")->string(), "2026-01-01", "2026-01-02");
    CHECK(query.rfind("select hour as time, ", 0) == 0);
    CHECK(query.find("order by hour") != std::string::npos);
  }
}
