#include "core/older_store.hpp"

#include "core/database_connection.hpp"

namespace runyard {
namespace {

// Repeating it (after a lost connection) finds the number that it made.
constexpr Statement kAddHistory{"add_history",
                                "insert into learning_history (owner, execution_id)\n"
                                "values ($1, $2::uuid)\n"
                                "on conflict (execution_id) do update set owner = excluded.owner\n"
                                "returning id"};

constexpr Statement kHistory{
    "history",
    "select h.id, h.execution_id\n"
    "from learning_history h\n"
    "join executions e on e.id = h.execution_id\n"
    "where h.owner = $1\n"
    "  and ($2 = '' or e.project_id = $2)\n"
    "  and exists (select from results r where r.execution_id = h.execution_id)\n"
    "order by h.id desc\n"
    "limit $3"};

constexpr Statement kHistoryEntry{
    "history_entry",
    "select h.id, h.execution_id\n"
    "from learning_history h\n"
    "where h.owner = $1 and h.id = $2\n"
    "  and exists (select from results r where r.execution_id = h.execution_id)"};

constexpr Statement kRemoveHistory{
    "remove_history", "delete from learning_history where owner = $1 and execution_id = $2::uuid"};

// The origin stands in the statement, so that the partial index fits it.
constexpr Statement kNewestSpec{"newest_spec",
                                "select id from executions\n"
                                "where owner = $1 and origin = 'spec' and listed\n"
                                "order by id desc\n"
                                "limit $2"};

HistoryEntry read_entry(const pqxx::row& row) {
  return {row[0].as<std::int64_t>(), std::string(row[1].c_str())};
}

}  // namespace

std::int64_t StoredOlder::add_history(const std::string& owner, const std::string& execution_id) {
  std::int64_t id = 0;
  database_.run([&](DatabaseConnection& connection) {
    id = connection.exec(kAddHistory, owner, execution_id)[0][0].as<std::int64_t>();
  });
  return id;
}

std::vector<HistoryEntry> StoredOlder::history(const std::string& owner,
                                               const std::string& project_id, int limit) {
  std::vector<HistoryEntry> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kHistory, owner, project_id, limit))
      found.push_back(read_entry(row));
  });
  return found;
}

std::optional<HistoryEntry> StoredOlder::history_entry(const std::string& owner, std::int64_t id) {
  std::optional<HistoryEntry> found;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kHistoryEntry, owner, id);
    found.reset();
    if (!rows.empty()) found = read_entry(rows[0]);
  });
  return found;
}

void StoredOlder::remove_history(const std::string& owner, const std::string& execution_id) {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kRemoveHistory, owner, execution_id);
  });
}

std::vector<std::string> StoredOlder::newest_spec(const std::string& owner, int limit) {
  std::vector<std::string> ids;
  database_.run([&](DatabaseConnection& connection) {
    ids.clear();
    for (const auto& row : connection.exec(kNewestSpec, owner, limit))
      ids.emplace_back(row[0].c_str());
  });
  return ids;
}

}  // namespace runyard
