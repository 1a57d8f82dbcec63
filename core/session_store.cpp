#include "core/session_store.hpp"

#include "core/database_connection.hpp"

namespace runyard {
namespace {

#define RUNYARD_SESSION                                                                            \
  "id, user_id, problem_id, language, code, status,\n"                                             \
  "  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as created_at,\n" \
  "  to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as updated_at\n"

constexpr Statement kMayBeNamed{
    "user_may_be_named",
    "select from users\n"
    "where id = $1::bigint and password_hash is null and disabled_at is null"};

constexpr Statement kInsert{
    "insert_session",
    "insert into code_sessions (id, owner, user_id, problem_id, language, code)\n"
    "select $1::uuid, $2, $3::bigint, $4::uuid, $5, $6\n"
    "where (select count(*) from code_sessions where owner = $2) < $7\n"
    "returning 1"};

constexpr Statement kFind{"find_session", "select " RUNYARD_SESSION
                                          "from code_sessions\n"
                                          "where id = $1::uuid and owner = $2"};

constexpr Statement kFindLike{"find_session_like",
                              "select " RUNYARD_SESSION
                              "from code_sessions\n"
                              "where owner = $1 and status = 'ACTIVE'\n"
                              "  and user_id is not distinct from $2::bigint\n"
                              "  and problem_id is not distinct from $3::uuid\n"
                              "  and language = $4\n"
                              "order by id desc\n"
                              "limit 1"};

constexpr Statement kChange{"change_session",
                            "update code_sessions\n"
                            "set code = coalesce($3, code), language = coalesce($4, language),\n"
                            "    updated_at = clock_timestamp()\n"
                            "where id = $1::uuid and owner = $2\n"
                            "returning " RUNYARD_SESSION};

constexpr Statement kRemove{
    "remove_session", "delete from code_sessions where id = $1::uuid and owner = $2 returning 1"};

// The last run is over when it has left the queue. One that has been let in and not yet been
// submitted has half a minute for it, should its API process die in between. The row's lock puts
// two callers one behind the other, and the second sees what the first wrote.
#define RUNYARD_RUN_IS_ACTIVE                                      \
  "(s.execution_id is not null and\n"                              \
  "   (exists (select from queue q where q.id = s.execution_id)\n" \
  "    or coalesce(s.begun_at > clock_timestamp() - interval '30 s', false)))"

static_assert(SessionStore::kRunsAMinute == 10, "as it stands in the statements below");
#define RUNYARD_TOO_OFTEN                                  \
  "(cardinality(s.recent_runs) >= 10\n"                    \
  "   and s.recent_runs[cardinality(s.recent_runs) - 9]\n" \
  "         > clock_timestamp() - interval '1 min')"

constexpr Statement kBeginRun{
    "begin_run",
    "update code_sessions s\n"
    "set execution_id = $3::uuid, begun_at = clock_timestamp(), code = coalesce($4, code),\n"
    "    updated_at = clock_timestamp(),\n"
    "    recent_runs = (recent_runs || clock_timestamp())\n"
    "      [greatest(1, cardinality(recent_runs) - 8):]\n"
    "where id = $1::uuid and owner = $2\n"
    "  and not " RUNYARD_RUN_IS_ACTIVE
    "\n"
    "  and not " RUNYARD_TOO_OFTEN
    "\n"
    "returning " RUNYARD_SESSION};

constexpr Statement kWhyNot{
    "why_no_run",
    "select s.execution_id, " RUNYARD_RUN_IS_ACTIVE ", " RUNYARD_TOO_OFTEN
    ",\n"
    "       ceil(extract(epoch from s.recent_runs[greatest(1, cardinality(s.recent_runs) - 9)]\n"
    "                               + interval '1 min' - clock_timestamp()))::integer,\n"
    "       s.execution_id is not distinct from $3::uuid\n"
    "from code_sessions s\n"
    "where s.id = $1::uuid and s.owner = $2"};

#undef RUNYARD_TOO_OFTEN
#undef RUNYARD_RUN_IS_ACTIVE
#undef RUNYARD_SESSION

constexpr Statement kRunSubmitted{"run_submitted",
                                  "update code_sessions\n"
                                  "set begun_at = null\n"
                                  "where id = $1::uuid and execution_id = $2::uuid"};

constexpr Statement kForgetRun{"forget_run",
                               "update code_sessions\n"
                               "set execution_id = null, begun_at = null,\n"
                               "    recent_runs = recent_runs[:cardinality(recent_runs) - 1]\n"
                               "where id = $1::uuid and execution_id = $2::uuid"};

std::optional<std::string> user_of(const CodeSession& session) {
  if (!session.user_id) return std::nullopt;
  return std::to_string(*session.user_id);
}

CodeSession read_session(const pqxx::row& row, const std::string& owner) {
  CodeSession session;
  session.owner = owner;
  session.id = text_of(row["id"]);
  session.user_id = optional_field<std::int64_t>(row["user_id"]);
  session.problem_id = text_of(row["problem_id"]);
  session.language = text_of(row["language"]);
  session.code = text_of(row["code"]);
  session.status = text_of(row["status"]);
  session.created_at = text_of(row["created_at"]);
  session.updated_at = text_of(row["updated_at"]);
  return session;
}

std::optional<CodeSession> first_of(const pqxx::result& rows, const std::string& owner) {
  if (rows.empty()) return std::nullopt;
  return read_session(rows[0], owner);
}

}  // namespace

bool SessionStore::may_be_named(std::int64_t user_id) {
  bool found = false;
  database_.run([&](DatabaseConnection& connection) {
    found = !connection.exec(kMayBeNamed, user_id).empty();
  });
  return found;
}

AddSession SessionStore::insert(const CodeSession& session) {
  auto outcome = AddSession::kAdded;
  const auto user = user_of(session);
  database_.run([&](DatabaseConnection& connection) {
    try {
      const auto rows = connection.exec(kInsert, session.id, session.owner, null_or(user),
                                        null_if_empty(session.problem_id), session.language,
                                        session.code, kMaxOfOwner);
      outcome = rows.empty() ? AddSession::kTooMany : AddSession::kAdded;
    } catch (const pqxx::unique_violation&) {
      // The id is the caller's own: an earlier try was committed although its answer was lost.
      outcome = AddSession::kAdded;
    } catch (const pqxx::foreign_key_violation&) {
      outcome = AddSession::kGone;
    }
  });
  return outcome;
}

std::optional<CodeSession> SessionStore::find(const std::string& id, const std::string& owner) {
  std::optional<CodeSession> found;
  database_.run([&](DatabaseConnection& connection) {
    found = first_of(connection.exec(kFind, id, owner), owner);
  });
  return found;
}

std::optional<CodeSession> SessionStore::find_like(const CodeSession& session) {
  std::optional<CodeSession> found;
  const auto user = user_of(session);
  database_.run([&](DatabaseConnection& connection) {
    found = first_of(connection.exec(kFindLike, session.owner, null_or(user),
                                     null_if_empty(session.problem_id), session.language),
                     session.owner);
  });
  return found;
}

std::optional<CodeSession> SessionStore::change(const std::string& id, const std::string& owner,
                                                const SessionChange& change) {
  std::optional<CodeSession> changed;
  database_.run([&](DatabaseConnection& connection) {
    changed = first_of(
        connection.exec(kChange, id, owner, null_or(change.code), null_or(change.language)), owner);
  });
  return changed;
}

bool SessionStore::remove(const std::string& id, const std::string& owner) {
  bool removed = false;
  database_.run([&](DatabaseConnection& connection) {
    removed = !connection.exec(kRemove, id, owner).empty();
  });
  return removed;
}

RunOutcome SessionStore::begin_run(const std::string& id, const std::string& owner,
                                   const std::string& execution_id,
                                   const std::optional<std::string>& code) {
  RunOutcome outcome = NoSession{};
  database_.run([&](DatabaseConnection& connection) {
    outcome = NoSession{};
    // Between the two statements the last run may end: then it is tried again.
    for (int again = 0; again < 5; ++again) {
      if (auto begun =
              first_of(connection.exec(kBeginRun, id, owner, execution_id, null_or(code)), owner)) {
        outcome = RunBegun{std::move(*begun)};
        return;
      }
      const auto rows = connection.exec(kWhyNot, id, owner, execution_id);
      if (rows.empty()) return;
      const auto row = rows[0];
      if (row[4].as<bool>()) {
        // Entered by an earlier try whose answer was lost.
        auto session = first_of(connection.exec(kFind, id, owner), owner);
        if (!session) return;
        outcome = RunBegun{std::move(*session)};
        return;
      }
      if (row[1].as<bool>())
        outcome = RunActive{text_of(row[0])};
      else if (row[2].as<bool>())
        outcome = RunsTooOften{row[3].as<int>()};
      else
        continue;
      return;
    }
    outcome = RunsTooOften{1};  // others are always faster
  });
  return outcome;
}

void SessionStore::run_submitted(const std::string& id, const std::string& execution_id) {
  database_.run(
      [&](DatabaseConnection& connection) { connection.exec(kRunSubmitted, id, execution_id); });
}

void SessionStore::forget_run(const std::string& id, const std::string& execution_id) {
  database_.run(
      [&](DatabaseConnection& connection) { connection.exec(kForgetRun, id, execution_id); });
}

}  // namespace runyard
