#pragma once
// Errors as the clients of code sessions know them.
#include "fcgi-app/object_reader.hpp"
#include "fcgi-app/router.hpp"

namespace runyard {

/// Every problem document that `handler` answers also gets `message`, and for wrong fields `errors`
/// as an object from field to sentences instead of an array: {"code":["The code field is
/// required."]}.
Router::Handler with_session_errors(Router::Handler handler);

/// A whole sentence as the mistake of a field: "The selected user id is invalid." and after a colon
/// what `more` says.
void add_invalid(BodyErrors& errors, const std::string& field, const std::string& more = "");

}  // namespace runyard
