#include "tests/bench/pgbench.hpp"

#include <cstdlib>
#include <map>

#include "core/database_connection.hpp"
#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/work_queue.hpp"
#include "tests/bench/report.hpp"

namespace runyard::bench {
namespace {

// So many rows that no claim finds none; what is submitted keeps up with what is claimed.
constexpr int kBacklog = 200;

NewExecution small_one() {
  NewExecution execution;
  execution.id = new_uuid7();
  execution.owner = "bench-0";
  execution.image = "python";
  execution.submission.language = "python";
  execution.submission.version = "3.13";
  execution.submission.files = {{"main.py", "echo " + execution.id + "\n"}};
  execution.submission.entry = "main.py";
  return execution;
}

/// The statements as a session of the stores has prepared them, by name.
std::map<std::string, std::string> prepared_by_stores(const std::string& options) {
  Database database(options, 1);  // one connection, so that it is the very session
  ExecutionStore store(database);
  WorkQueue queue(database, new_uuid7());
  const auto execution = small_one();
  store.submit(execution);
  const auto claims = queue.turn({}, 1, {"python"}).claims;
  if (claims.size() != 1) throw Failure("nothing was claimed in a database of one execution");
  Result result;
  result.status = Status::kCompleted;
  queue.turn({{claims[0].id, claims[0].attempt, result}}, 0, {"python"});
  store.find(execution.id, execution.owner);
  std::map<std::string, std::string> statements;
  database.run([&](DatabaseConnection& connection) {
    pqxx::nontransaction transaction(connection.raw());
    for (const auto& row : transaction.exec("select name, statement from pg_prepared_statements"))
      statements[row[0].c_str()] = row[1].c_str();
  });
  return statements;
}

/// pgbench takes every ":name" for a variable, even within a literal.
std::string without_colons_in_literals(const std::string& sql) {
  std::string out;
  std::size_t opened = std::string::npos;
  for (const char c : sql) {
    if (c == '\'') opened = opened == std::string::npos ? out.size() : std::string::npos;
    if (c != ':' || opened == std::string::npos) {
      out += c;
      continue;
    }
    out += "\\072";
    if (opened == 0 || out[opened - 1] != 'E') out.insert(opened++, "E");
  }
  return out;
}

/// The statement with its parameters $1, $2, ... replaced by what pgbench is to send or to compute.
std::string filled(const std::map<std::string, std::string>& statements, const char* name,
                   const std::vector<std::string>& parameters) {
  const auto found = statements.find(name);
  if (found == statements.end()) throw Failure(std::string("no statement has the name ") + name);
  const auto text = without_colons_in_literals(found->second);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    char* end = nullptr;
    const auto number = std::strtoul(text.c_str() + at + 1, &end, 10);
    if (number == 0 || number > parameters.size())
      throw Failure(std::string("the statement ") + name + " has a parameter too many for pgbench");
    out += parameters[number - 1];
    at = static_cast<std::size_t>(end - text.c_str());
  }
  return out;
}

// Parameters in the order of ExecutionStore::submit, WorkQueue::turn and ExecutionStore::find. An
// id is the moment's time followed by a number that grows, as those of UUIDv7 do.
std::string script_of(const std::map<std::string, std::string>& statements) {
  const auto submit = filled(
      statements, "submit",
      {"(:prefix::text || :id::text)", "('bench-' || :client_id::text)", ":language", ":version",
       "''", ":reuse", ":normal::text", ":request", ":watched::boolean", ":native", "null", "null",
       ":listed::boolean", ":language", ":live::boolean", "null"});
  const auto claim = filled(statements, "claim",
                            {":worker", ":want", ":low::bigint", ":images", ":want_live",
                             ":low::bigint", ":low::bigint"});
  const auto finish =
      filled(statements, "finish_and_claim",
             {":worker", ":want_live", ":low::bigint", ":images", ":want_live", ":low::bigint",
              ":low::bigint",
              "(:before_id::text || :c_id::text || :after_id::text || :c_attempt::text || "
              ":after_attempt::text)",
              ":notify::boolean", ":channel"});
  const auto find = filled(statements, "find", {":c_id", ":c_owner"});
  return "\\set n :n + 1\n\\set id :n * 1000 + :client_id\n" + submit + ";\n" +
         // The claimed row comes last, so that its columns are what stays.
         claim + "\norder by kind desc \\aset c_\n" + finish + ";\n" + find +
         // As a worker does that swept a second ago.
         ";\n\\set low :c_now - 2000000\n";
}

double number_after(const std::string& output, const std::string& words) {
  const auto at = output.find(words);
  if (at == std::string::npos) throw Failure("pgbench printed " + output);
  return std::strtod(output.c_str() + at + words.size(), nullptr);
}

}  // namespace

PgBench::PgBench(const Stack& stack, const std::filesystem::path& folder)
    : stack_(stack), script_(folder / "pgbench.sql") {
  write_text(script_, script_of(prepared_by_stores(database_.options())));
}

double PgBench::rate(int clients, int seconds) {
  {
    Database database(database_.options(), 1);
    ExecutionStore store(database);
    database_.sql("delete from queue");
    for (int i = 0; i < kBacklog; ++i) store.submit(small_one());
  }
  const auto count = [&] { return std::stol(database_.sql("select count(*) from results")); };
  const long before = count();
  std::string plans = "PGOPTIONS=";  // as a worker's sessions have them
  for (const auto& setting : kWorkQueuePlans) plans += " -c " + setting;
  std::vector<std::string> argv = {"/usr/bin/env", plans,      "pgbench", "-n",
                                   "-M",           "prepared", "-j",      "1"};
  const auto add = [&](std::initializer_list<std::string> words) {
    argv.insert(argv.end(), words.begin(), words.end());
  };
  add({"-f", script_.string(), "-c", std::to_string(clients), "-T", std::to_string(seconds)});
  const auto id = new_uuid7();
  const std::vector<std::pair<std::string, std::string>> variables = {
      {"prefix", id.substr(0, 13) + "-7"},
      {"n", "1000000000000000"},
      {"language", "python"},
      {"version", "3.13"},
      {"reuse", "reuse"},
      {"normal", "normal"},
      {"request", to_json(small_one().submission)},
      {"watched", "false"},
      {"native", "native"},
      {"listed", "true"},
      {"live", "false"},
      {"worker", id},
      {"want", "1"},
      {"want_live", "0"},
      {"images", "{python}"},
      {"before_id", R"([{"id":")"},
      {"after_id", R"(","attempt":)"},
      {"after_attempt",
       R"(,"status":"COMPLETED","message":"","stdout":"ZWNobyBtZSBzb21lIHRleHQgdGhhdCBpcyBhIGxpbmUK",)"
       R"("stderr":"","stdout_truncated":false,"stderr_truncated":false,"exit_code":0,"wall_ms":0,)"
       R"("cpu_ms":0,"memory_kb":0,"sandbox_reused":true,"runtime":"none"}])"},
      {"notify", "false"},
      {"channel", "runyard_done"},
      {"low", "0"}};
  for (const auto& [name, value] : variables) add({"-D", name + "=" + value});
  // One option after the other: libpq reads the database from a connection string.
  add({database_.options()});
  const auto output = stack_.output_of(argv, seconds + 60);
  if (output.find("number of failed transactions: 0 ") == std::string::npos)
    throw Failure("pgbench printed " + output);
  const double tps = number_after(output, "\ntps = ");
  const double lives = number_after(output, "actually processed: ");
  const auto done = static_cast<double>(count() - before);
  // A claim that meets nothing but rows that others are just locking leaves a life without an end.
  if (done < 0.97 * lives)
    throw Failure("wrong answer: pgbench made " + std::to_string(done) + " results in " +
                  std::to_string(lives) + " lives");
  return tps;
}

}  // namespace runyard::bench
