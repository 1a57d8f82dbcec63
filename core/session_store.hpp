#pragma once
// Code sessions: somebody's work on a problem, and its runs. All SQL about them is here.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/database.hpp"

namespace runyard {

struct CodeSession {
  std::string id;  ///< a UUIDv7 made by the caller: inserting it twice is harmless
  std::string owner;
  std::optional<std::int64_t> user_id;  ///< of users.id
  std::string problem_id;               ///< empty: none, or it was removed
  std::string language;                 ///< as the client named it
  std::string code;
  std::string status = "ACTIVE";
  std::string created_at;
  std::string updated_at;
};

/// What a change leaves as it is stays nullopt.
struct SessionChange {
  std::optional<std::string> code;
  std::optional<std::string> language;
};

enum class AddSession {
  kAdded,
  kGone,     ///< its problem or its user is there no more
  kTooMany,  ///< kMaxOfOwner
};

/// What became of the wish to run.
struct RunBegun {
  CodeSession session;  ///< with the code to run
};
struct RunActive {
  std::string execution_id;  ///< the one that is not over
};
struct RunsTooOften {
  int retry_after_s = 1;
};
struct NoSession {};
using RunOutcome = std::variant<RunBegun, RunActive, RunsTooOften, NoSession>;

/// Thread-safe. Every call throws DatabaseUnavailable. A session of another owner is none.
class SessionStore final {
 public:
  static constexpr int kRunsAMinute = 10;
  /// An owner's sessions, all together.
  static constexpr int kMaxOfOwner = 1000;

  explicit SessionStore(Database& database) : database_(database) {}

  /// True for a user of that id who cannot sign in by a password: whoever can has to.
  bool may_be_named(std::int64_t user_id);

  AddSession insert(const CodeSession& session);
  std::optional<CodeSession> find(const std::string& id, const std::string& owner);
  /// The newest active one of this owner with the same user, problem and language.
  std::optional<CodeSession> find_like(const CodeSession& session);
  /// The session as it is then.
  std::optional<CodeSession> change(const std::string& id, const std::string& owner,
                                    const SessionChange& change);
  bool remove(const std::string& id, const std::string& owner);

  /// Enters `execution_id`, which is about to be submitted, as the session's run, and keeps `code`
  /// where there is one. Refused while the last one is not over (of two callers at the same moment
  /// one is refused), and beyond kRunsAMinute in a minute. One of the next two has to follow.
  RunOutcome begin_run(const std::string& id, const std::string& owner,
                       const std::string& execution_id, const std::optional<std::string>& code);

  /// The execution is in the queue: how long the run lasts is seen there.
  void run_submitted(const std::string& id, const std::string& execution_id);
  /// The execution was not taken: the session may run again at once, and it does not count.
  void forget_run(const std::string& id, const std::string& execution_id);

 private:
  Database& database_;
};

}  // namespace runyard
