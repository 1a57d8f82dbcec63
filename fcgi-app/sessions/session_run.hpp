#pragma once
// What the routes of code sessions share. For sessions/ only.
#include <string>

#include "fcgi-app/api.hpp"

namespace runyard {

constexpr char kSessionsPath[] = "/api/v1/code-sessions";

/// 404 in the words of the framework whose clients come here; the same for another's as for none.
Response no_such_session(const std::string& id);

/// The language of that name, if it can run now; a mistake in `language` otherwise.
const Language* find_session_language(const ApiContext& context, const std::string& name,
                                      BodyErrors& errors);

/// POST /code-sessions/{id}/run.
Response run_session(const ApiContext& context, const Request& request, const Caller& caller);

}  // namespace runyard
