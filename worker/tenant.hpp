#pragma once
// Who is kept apart from whom.
#include <string>

namespace runyard {

/// Whose work a sandbox may do, and whose compilations may be reused. No sandbox ever serves two of
/// them.
struct Tenant {
  std::string owner;
  std::string isolation_key;

  bool operator==(const Tenant& other) const {
    return owner == other.owner && isolation_key == other.isolation_key;
  }
};

}  // namespace runyard
