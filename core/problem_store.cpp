#include "core/problem_store.hpp"

#include <algorithm>

#include "core/database_connection.hpp"
#include "core/json.hpp"

namespace runyard {
namespace {

// What a list shows: the rest of a problem may be large.
#define RUNYARD_ENTRY                                                                     \
  "select id, owner, title, time_limit_ms, memory_limit_kb, test_count, hidden_count,\n"  \
  "       revision, total_limit_ms,\n"                                                    \
  "       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'),\n" \
  "       to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
#define RUNYARD_COLUMNS RUNYARD_ENTRY ",\n       description, code_template, checker"

constexpr Statement kInsert{
    "insert_problem",
    "insert into problems (id, owner, title, description, code_template, time_limit_ms,\n"
    "  memory_limit_kb, checker, tests, test_count, hidden_count, total_limit_ms)\n"
    "select $1::uuid, $2, $3, $4, $5::json, $6, $7::bigint, $8::json, $9::json, $10, $11,\n"
    "       $13::bigint\n"
    "where (select count(*) from problems where owner = $2) < $12\n"
    "returning 1"};

constexpr Statement kFind{"find_problem", RUNYARD_COLUMNS
                          "\n"
                          "from problems\n"
                          "where id = $1::uuid"};

constexpr Statement kFindWhole{"find_whole_problem", RUNYARD_COLUMNS
                               ", tests\n"
                               "from problems\n"
                               "where id = $1::uuid"};

constexpr Statement kList{"list_problems", RUNYARD_ENTRY
                          "\n"
                          "from problems\n"
                          "where ($1 = '' or owner = $1)\n"
                          "  and ($2::uuid is null or id < $2::uuid)\n"
                          "order by id desc\n"
                          "limit $3"};

#undef RUNYARD_COLUMNS
#undef RUNYARD_ENTRY

constexpr Statement kReplace{
    "replace_problem",
    "update problems\n"
    "set title = $3, description = $4, code_template = $5::json, time_limit_ms = $6,\n"
    "    memory_limit_kb = $7::bigint, checker = $8::json, tests = $9::json, test_count = $10,\n"
    "    hidden_count = $11, total_limit_ms = $13::bigint, revision = revision + 1, updated_at = "
    "clock_timestamp()\n"
    "where id = $1::uuid and owner = $2 and revision = $12\n"
    "returning 1"};

constexpr Statement kOwned{"owned_problem",
                           "select from problems where id = $1::uuid and owner = $2"};

constexpr Statement kRemove{"remove_problem",
                            "delete from problems where id = $1::uuid and owner = $2 returning 1"};

std::string template_to_json(const StoredProblem& problem) {
  json::Writer writer;
  writer.begin_object();
  for (const auto& [language, code] : problem.code_template) writer.member(language, code);
  writer.end_object();
  return writer.text();
}

StoredProblem read_entry(const pqxx::row& row) {
  StoredProblem problem;
  problem.id = text_of(row[0]);
  problem.owner = text_of(row[1]);
  problem.title = text_of(row[2]);
  problem.time_limit_ms = row[3].as<std::int64_t>();
  problem.memory_limit_kb = optional_field<std::int64_t>(row[4]);
  problem.test_count = row[5].as<int>();
  problem.hidden_count = row[6].as<int>();
  problem.revision = row[7].as<int>();
  problem.total_limit_ms = optional_field<std::int64_t>(row[8]);
  problem.created_at = text_of(row[9]);
  problem.updated_at = text_of(row[10]);
  return problem;
}

StoredProblem read_problem(const pqxx::row& row) {
  auto problem = read_entry(row);
  problem.description = text_of(row[11]);
  const auto code_template = json::parse(text_of(row[12]));
  if (const auto* members = code_template.object())
    for (const auto& [language, code] : *members)
      if (const auto* text = code.string()) problem.code_template.emplace_back(language, *text);
  if (!row[13].is_null()) problem.checker = checker_from_json(text_of(row[13]));
  return problem;
}

std::optional<std::string> text_or_null(const std::optional<std::int64_t>& number) {
  if (!number) return std::nullopt;
  return std::to_string(*number);
}

int hidden_of(const StoredProblem& problem) {
  return static_cast<int>(std::count_if(problem.tests.begin(), problem.tests.end(),
                                        [](const TestCase& test) { return test.hidden; }));
}

}  // namespace

InsertOutcome ProblemStore::insert(const StoredProblem& problem) {
  auto outcome = InsertOutcome::kInserted;
  const auto memory = text_or_null(problem.memory_limit_kb);
  const auto total = text_or_null(problem.total_limit_ms);
  database_.run([&](DatabaseConnection& connection) {
    try {
      const auto rows = connection.exec(
          kInsert, problem.id, problem.owner, problem.title, problem.description,
          template_to_json(problem), problem.time_limit_ms, null_or(memory),
          checker_to_json(problem.checker), test_cases_to_json(problem.tests),
          static_cast<int>(problem.tests.size()), hidden_of(problem), kMaxOfOwner, null_or(total));
      outcome = rows.empty() ? InsertOutcome::kTooMany : InsertOutcome::kInserted;
    } catch (const pqxx::unique_violation&) {
      // The id is the caller's own: an earlier try was committed although its answer was lost.
      outcome = InsertOutcome::kInserted;
    }
  });
  return outcome;
}

std::optional<StoredProblem> ProblemStore::find(const std::string& id, bool with_tests) {
  std::optional<StoredProblem> found;
  database_.run([&](DatabaseConnection& connection) {
    found.reset();
    const auto rows = connection.exec(with_tests ? kFindWhole : kFind, id);
    if (rows.empty()) return;
    found = read_problem(rows[0]);
    if (with_tests) found->tests = test_cases_from_json(text_of(rows[0][14]));
  });
  return found;
}

std::vector<StoredProblem> ProblemStore::list(const ProblemFilter& filter) {
  std::vector<StoredProblem> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    const auto rows =
        connection.exec(kList, filter.owner, null_if_empty(filter.before), filter.limit);
    for (const auto& row : rows) found.push_back(read_entry(row));
  });
  return found;
}

ReplaceOutcome ProblemStore::replace(const StoredProblem& problem) {
  auto outcome = ReplaceOutcome::kNotFound;
  const auto memory = text_or_null(problem.memory_limit_kb);
  const auto total = text_or_null(problem.total_limit_ms);
  database_.run([&](DatabaseConnection& connection) {
    const auto rows =
        connection.exec(kReplace, problem.id, problem.owner, problem.title, problem.description,
                        template_to_json(problem), problem.time_limit_ms, null_or(memory),
                        checker_to_json(problem.checker), test_cases_to_json(problem.tests),
                        static_cast<int>(problem.tests.size()), hidden_of(problem),
                        problem.revision, null_or(total));
    if (!rows.empty())
      outcome = ReplaceOutcome::kReplaced;
    else
      outcome = connection.exec(kOwned, problem.id, problem.owner).empty()
                    ? ReplaceOutcome::kNotFound
                    : ReplaceOutcome::kChangedMeanwhile;
  });
  return outcome;
}

bool ProblemStore::remove(const std::string& id, const std::string& owner) {
  bool removed = false;
  database_.run([&](DatabaseConnection& connection) {
    removed = !connection.exec(kRemove, id, owner).empty();
  });
  return removed;
}

}  // namespace runyard
