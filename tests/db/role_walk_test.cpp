// Every right of every role, against the list of those that it shall have.
#include <algorithm>
#include <pqxx/pqxx>
#include <set>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/role_database.hpp"

using namespace runyard::test;

namespace {

using Rights = std::set<std::string>;

Rights walked(const RoleDatabase& base) {
  pqxx::connection connection(base.temp.options());
  Rights rights;
  for (const auto& row :
       pqxx::nontransaction(connection).exec(RoleDatabase::file("tests/db/role_walk.sql")))
    rights.insert(row[0].c_str());
  return rights;
}

Rights listed() {
  std::istringstream in(RoleDatabase::file("sql/rights.txt"));
  Rights rights;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') rights.insert(line);
  return rights;
}

std::string without(const Rights& all, const Rights& known) {
  std::string lines;
  for (const auto& right : all)
    if (known.count(right) == 0) lines += right + "\n";
  return lines;
}

}  // namespace

TEST_CASE("each role has the rights that are listed for it, and no other") {
  const RoleDatabase base;
  const auto rights = walked(base);
  REQUIRE(rights.size() > 50);
  CHECK(without(rights, listed()) == "");  // a right that nobody has listed
  CHECK(without(listed(), rights) == "");  // a right that is not there
}

TEST_CASE("what is new and open to a role is found by the walk") {
  const RoleDatabase base;
  base.temp.sql(
      "create table fresh (a int); grant select (a) on fresh to runyard_reporting;"
      "create view reporting.fresh as select 1; grant select on reporting.fresh to public;"
      "create sequence fresh_ids; grant usage on sequence fresh_ids to runyard_worker;"
      "create function fresh_function() returns int language sql security definer as 'select 1';"
      "create schema fresh_schema; grant create on schema fresh_schema to runyard_app;"
      "grant execute on function lo_create(oid) to runyard_reporting");
  CHECK(without(walked(base), listed()) ==
        "public function public.fresh_function as its owner\n"
        "public table reporting.fresh select\n"
        "runyard_app schema fresh_schema create\n"
        "runyard_reporting columns of public.fresh select (a)\n"
        "runyard_reporting function pg_catalog.lo_create\n"
        "runyard_worker sequence public.fresh_ids usage\n");
}

TEST_CASE("no role of the programs or reports is more than a role, or owns anything") {
  const RoleDatabase base;
  CHECK(base.temp.sql("select count(*) from pg_roles where rolname in ('runyard_app', "
                      "'runyard_worker', 'runyard_reporting') and not (rolsuper or rolcreatedb or "
                      "rolcreaterole or rolreplication or rolbypassrls)") == "3");
  CHECK(base.temp.sql("select count(*) from pg_auth_members where member in "
                      "('runyard_app'::regrole, 'runyard_worker'::regrole, "
                      "'runyard_reporting'::regrole)") == "0");
  CHECK(base.temp.sql("select count(*) from pg_shdepend where deptype = 'o' and refobjid in "
                      "('runyard_app'::regrole, 'runyard_worker'::regrole, "
                      "'runyard_reporting'::regrole)") == "0");
  // Who runs as its owner says where it looks for names, temporary ones last.
  CHECK(base.temp.sql("select string_agg(proname, ', ') from pg_proc where prosecdef and "
                      "pronamespace in ('public'::regnamespace, 'reporting'::regnamespace) and not "
                      "exists (select from unnest(proconfig) as c where c in ('search_path=public, "
                      "pg_temp', 'search_path=pg_catalog, pg_temp'))") == "");
}
