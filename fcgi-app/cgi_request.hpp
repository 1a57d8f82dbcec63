#pragma once
// From the parameters of a FastCGI request (those of CGI, RFC 3875 section 4.1) to a Request.
#include <cstdint>
#include <optional>

#include "fcgi-app/http.hpp"

namespace runyard {

/// Everything but the body. `params` is a NULL-ended array of NAME=value texts. HTTP_* become
/// headers, CONTENT_TYPE too; RUNYARD_USER, RUNYARD_HOST, RUNYARD_ORIGIN, RUNYARD_LIVE and
/// RUNYARD_EXECUTION_ID count only without HTTP_ before them: no header of a client becomes one of
/// them.
Request request_from_params(const char* const* params);

/// The announced length of the body; nullopt when it is absent or no number below 2^62.
std::optional<std::int64_t> announced_length(const char* const* params);

/// What the client may send as X-Request-Id: 1 to 64 letters, digits, dots, hyphens, underscores.
bool is_usable_request_id(std::string_view id);

}  // namespace runyard
