#pragma once
// The one way to be without the database that is no fault of the database's.
#include "core/errors.hpp"

namespace runyard {

/// All connections of this program's own pool were at work for as long as one waits for one. Says
/// nothing about the server.
class DatabaseBusy final : public DatabaseUnavailable {
 public:
  using DatabaseUnavailable::DatabaseUnavailable;
};

}  // namespace runyard
