#pragma once
#include <string_view>

#include "agent/job.hpp"

namespace runyard::agent {

/// Reads the JSON of a JOB (its form is in protocol.hpp); `id` and `blob` stay empty. Strict: an
/// unknown, missing or mistyped member, a number out of its range, a name that leaves /box or a
/// total over the protocol's bounds throws protocol::ProtocolError, which names the member. Needs
/// stack space that does not depend on the text.
Job parse_job(std::string_view json);

}  // namespace runyard::agent
