#pragma once
// What the older interfaces share. Each is one file beside this one that only translates: a request
// into a NewExecution for submit_and_wait(), an Execution into what that interface's clients know.
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/older_store.hpp"
#include "fcgi-app/api.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/submitting.hpp"

namespace runyard {

/// What the routes of the older interfaces need beside the ApiContext. All of it outlives the Api.
struct OlderInterfaces {
  OlderStore& store;
  int spec_timeout_s = 20;
  std::int64_t spec_memory_kb = 100 * kKib;
  /// Counts a POST /execute of that address, unless it is this machine itself. Nothing when it may;
  /// else the time until it may again.
  std::function<std::optional<std::chrono::seconds>(const std::string& address)> count_execute;
};

/// /v1: the spec engine.
void add_spec_routes(Router& router, const ApiContext& context);
/// /api/v1/code: the learning platform.
void add_learning_routes(Router& router, const ApiContext& context);
/// /api/submit and /api/result.
void add_submit_poll_routes(Router& router, const ApiContext& context);
/// /execute and /languages.
void add_execute_routes(Router& router, const ApiContext& context);

namespace compat {

/// How one interface writes an error.
using ErrorWriter = Response (*)(const Problem&);

/// {"error": text}, the form of three of the interfaces.
Response error_response(int status, std::string_view text);
/// The same of a problem; all its wrong fields in one line.
Response write_error(const Problem& problem);
/// "code must be a text; input must be a text", or the detail where no field is named.
std::string one_line(const Problem& problem);

/// As for_caller(), with every problem (also a database that is away) in the interface's own form.
Router::Handler handler(const ApiContext& context, Scope scope, ErrorWriter write,
                        std::function<Response(const Request&, const Caller&)> handle);

/// An interface's name of a field, and the native one.
struct FieldName {
  const char* theirs;
  const char* native;
  bool empty_is_absent = false;  ///< "" means none
};

/// What one interface lets a program have.
struct Allowance {
  int seconds = 0;             ///< of wall and of CPU time; a problem may give less
  std::int64_t memory_kb = 0;  ///< 0, and for a language whose manifest asks more than the server's
                               ///< default: the language's own
};

/// Reads a submission from the named members of `body`, by the rules of the native API; others are
/// ignored as those servers did, and so is a null. Mistakes name the fields as the client does.
ParsedSubmission parse_submission(const ApiContext& context, const Caller& caller,
                                  const json::Value& body, std::initializer_list<FieldName> fields,
                                  const Allowance& allowance);

/// What POST /execute and, `live`, its connections for interaction take.
ParsedSubmission parse_execute(const ApiContext& context, const Caller& caller,
                               const json::Value& body, bool live = false);

/// True where those servers, which asked for a truthy value, saw none: absent, null, "".
bool is_missing(const json::Value& body, std::string_view name);

/// The member when it is a text that could name a language, and none has that name.
std::optional<std::string> unknown_language(const ApiContext& context, const json::Value& body,
                                            std::string_view name);

/// Submits and waits for the end, through queue and compiler. 503 when it does not come in time (it
/// is then cancelled), or when too many wait already.
std::variant<Execution, Refused> run(const ApiContext& context, NewExecution execution);

/// A refusal in the interface's form, with Retry-After.
Response refused(const Refused& refused, ErrorWriter write);

/// The execution when it exists, is the caller's and came through `origin`; an id that is none
/// finds nothing.
std::optional<Execution> find(const ApiContext& context, const std::string& id,
                              const Caller& caller, Origin origin);

/// What is to be said to a person beside the outputs: the time limit in seconds, another limit, the
/// compiler's failure, a signal; "" when the outputs and the exit code say all.
std::string explanation(const Execution& execution, int seconds);
/// The compiler's words when the program did not compile, else stderr; always UTF-8.
std::string error_text(const Result& result);
/// Explanation and error text, each with its own lines.
std::string explained_errors(const Execution& execution, int seconds);
/// As a shell tells it: 124 for a time limit, 128 + signal, 0 for success alone.
int exit_code(const Result& result);

/// The first `bytes` bytes of a UTF-8 text, less where a character would be cut.
std::string_view first_bytes(std::string_view text, std::size_t bytes);
/// Without white space at the end.
std::string_view trim_end(std::string_view text);

}  // namespace compat
}  // namespace runyard
