#pragma once
// What one listener gets: the body of an answer that comes bit by bit.
#include <string>

#include "core/live_store.hpp"

namespace runyard {

/// Used on the thread of the EventServer alone, after it was handed to it.
class BodyStream {
 public:
  struct Part {
    std::string bytes;
    bool more = false;  ///< there is more to be read at once
    bool over = false;  ///< nothing follows
  };

  virtual ~BodyStream() = default;
  virtual const std::string& execution_id() const = 0;
  /// What is new. Called only when the client has taken everything before it, so that a slow one
  /// costs no memory. May throw DatabaseUnavailable, and is then called again.
  virtual Part read() = 0;
  /// Whether read() would find something, by what the database says of the execution.
  virtual bool is_behind(const LiveState& state) const = 0;
};

}  // namespace runyard
