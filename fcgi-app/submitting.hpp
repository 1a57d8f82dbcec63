#pragma once
// The one door from every interface to the queue.
#include <optional>
#include <string>
#include <variant>

#include "fcgi-app/api.hpp"
#include "fcgi-app/problem.hpp"

namespace runyard {

/// It is in the queue, or was by an earlier request with the same idempotency key.
struct Accepted {
  std::string id;
  bool created = true;
  /// As it was last seen. Nothing when it was created and nobody waited.
  std::optional<Execution> execution;
  bool waited = false;
};

/// It was not taken, and may be sent again.
struct Refused {
  Problem problem;
  int retry_after_s = 0;  ///< 0: sending the same again does not help
};

using SubmitAnswer = std::variant<Accepted, Refused>;

/// Gives `execution` an id where it has none, hands it to the queue, and waits up to `wait_s`
/// seconds for its end. 403 for a high priority without its scope among the caller's `scopes`, 503
/// while the queue is full, 429 beyond a quota of the owner (a live run
/// has one more), 409 for an idempotency key with another digest or whose execution is gone. Throws
/// DatabaseUnavailable.
SubmitAnswer submit_and_wait(const ApiContext& context, NewExecution execution, int wait_s,
                             Scopes scopes = Scopes::all());

/// The refusal as a problem document, with Retry-After.
Response refused_response(const Refused& refused);

}  // namespace runyard
