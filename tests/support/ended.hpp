#pragma once
// What a submission to the stack under test came to.
#include <string>
#include <vector>

#include "core/json.hpp"
#include "tests/support/http_client.hpp"

namespace runyard::test {

/// Two callers, who are two owners: the address is what tells anonymous callers apart.
constexpr char kOwner[] = "127.0.0.1";
constexpr char kOtherOwner[] = "127.0.0.2";

/// The bytes of a file of the checkout; throws when it cannot be read.
std::string file_of_checkout(const std::string& path);

/// An execution that has ended.
class Ended final {
 public:
  explicit Ended(json::Value execution) : execution_(std::move(execution)) {}

  /// The reason, or the status where there is none: "COMPLETED", "MEMORY_LIMIT".
  std::string verdict() const;
  std::string text(const std::string& name) const { return text_at(execution_, name); }
  /// -1 when the member is null or no integer.
  std::int64_t number(const std::string& name) const;
  bool truth(const std::string& name) const;
  /// A member by path, "compile.stderr", "tests.0.verdict"; nullptr when there is none.
  const json::Value* at(const std::string& path) const;
  std::string text_below(const std::string& path) const;
  const json::Value& json() const { return execution_; }
  /// All of it, for a test's message.
  std::string shown() const;

 private:
  json::Value execution_;
};

/// Submits as this caller and waits for the end. `more` are further members, as submission() takes
/// them.
Ended run(const std::string& language, const std::string& code, const std::string& more = "",
          const std::string& caller = kOwner);
Ended run_body(const std::string& body, const std::string& caller = kOwner);

/// Submits without waiting; gives the execution's id.
std::string start(const std::string& language, const std::string& code,
                  const std::string& more = "", const std::string& caller = kOwner);
/// Waits for its end.
Ended end_of(const std::string& id, const std::string& caller = kOwner);

}  // namespace runyard::test
