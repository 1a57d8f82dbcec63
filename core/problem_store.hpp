#pragma once
// Problems: what is to be solved, with its tests. All SQL about them is here.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/database.hpp"
#include "core/submission.hpp"

namespace runyard {

/// A problem as it is stored. (`Problem` is what RFC 9457 calls the description of an error.)
struct StoredProblem {
  std::string id;  ///< a UUID made by the caller: inserting it twice is harmless
  std::string owner;
  std::string title;
  std::string description;
  /// Language, as the author named it, and what a solution starts from; in the author's order.
  std::vector<std::pair<std::string, std::string>> code_template;
  std::int64_t time_limit_ms = 10'000;
  std::optional<std::int64_t> memory_limit_kb;  ///< none: each language's own
  /// Of a whole execution, as far as the API's setting allows; none: as for every execution.
  std::optional<std::int64_t> total_limit_ms{};
  Checker checker;
  std::vector<TestCase> tests;
  int test_count = 0;    ///< also where `tests` was not read
  int hidden_count = 0;  ///< likewise
  int revision = 1;      ///< which state of it this is
  std::string created_at;
  std::string updated_at;
};

enum class InsertOutcome { kInserted, kTooMany };
enum class ReplaceOutcome { kReplaced, kChangedMeanwhile, kNotFound };

/// Which problems a list holds.
struct ProblemFilter {
  std::string owner;   ///< empty: everybody's
  std::string before;  ///< only ids below this one; empty: all
  int limit = 50;
};

/// Thread-safe. Every call throws DatabaseUnavailable.
class ProblemStore final {
 public:
  /// An owner's problems, all together.
  static constexpr int kMaxOfOwner = 1000;

  explicit ProblemStore(Database& database) : database_(database) {}

  InsertOutcome insert(const StoredProblem& problem);

  /// Of any owner. Without tests only the counts are there.
  std::optional<StoredProblem> find(const std::string& id, bool with_tests = true);

  /// The highest ids, which are the newest, first; without description, code_template, checker and
  /// tests.
  std::vector<StoredProblem> list(const ProblemFilter& filter);

  /// Everything but id, owner and created_at, if the stored state is still `problem.revision`.
  ReplaceOutcome replace(const StoredProblem& problem);

  /// False when there is none or it is another owner's.
  bool remove(const std::string& id, const std::string& owner);

 private:
  Database& database_;
};

}  // namespace runyard
