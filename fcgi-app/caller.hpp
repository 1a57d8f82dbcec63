#pragma once
// Who makes a request, and what this caller may do.
#include <cstdint>
#include <optional>
#include <string>

namespace runyard {

/// What an API key may be limited to. Everybody else has all of them but the last.
enum class Scope : unsigned {
  kRead = 1,     ///< see executions, problems, sessions and figures
  kSubmit = 2,   ///< run, cancel and delete
  kAuthor = 4,   ///< write problems
  kAccount = 8,  ///< manage keys
  /// Submit with priority "high", before everybody else: only by a key that the operator has made.
  kPriority = 16,
};

/// A set of scopes.
class Scopes final {
 public:
  /// All that nobody has to be granted by the operator.
  static constexpr Scopes all() { return Scopes(15); }
  static constexpr Scopes none() { return Scopes(0); }

  constexpr Scopes with(Scope scope) const { return Scopes(bits_ | static_cast<unsigned>(scope)); }
  constexpr bool has(Scope scope) const { return (bits_ & static_cast<unsigned>(scope)) != 0; }

 private:
  explicit constexpr Scopes(unsigned bits) : bits_(bits) {}

  unsigned bits_;
};

struct Caller {
  /// Everything a caller makes belongs to this name: "addr:ADDRESS" (anonymous), "user:NAME" (the
  /// web server vouches for it) or "account:ID" (registered here).
  std::string owner;
  std::optional<std::int64_t> user_id;  ///< of users.id, for a registered one
  Scopes scopes = Scopes::all();
};

}  // namespace runyard
