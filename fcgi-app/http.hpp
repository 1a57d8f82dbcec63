#pragma once
// Plain values for one HTTP exchange. Nothing here knows FastCGI or the routes.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fcgi-app/answer_room.hpp"

namespace runyard {

class BodyStream;

/// Parameters of a query string, decoded, in their order; a name may stand twice.
using Query = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  ///< upper case, as sent
  std::string path;    ///< as sent: still percent-encoded, without the query
  Query query;
  bool query_malformed =
      false;  ///< an escape is broken, or it hides a NUL or bytes that are no UTF-8
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  bool body_too_large = false;   ///< more came than the server takes: `body` is then empty
  bool body_incomplete = false;  ///< less came than CONTENT_LENGTH announced
  std::string remote_addr;       ///< the client's address as text
  std::string user;  ///< who the web server says it is (RUNYARD_USER); "" when it says nothing
  /// The host as the web server has understood it (RUNYARD_HOST), also where the request's first
  /// line named it; "" when it says nothing.
  std::string server_host;
  /// The origin of the page that calls, when the web server's own list has it (RUNYARD_ORIGIN).
  std::string listed_origin;
  /// Somebody talks to the run that this asks for: "native" or "execute", by the kind of
  /// connection; or to one that is there ("attach"). From the FastCGI parameter RUNYARD_LIVE, which
  /// the gateway alone sets; "" for all else.
  std::string live;
  /// The id that a live run gets, from RUNYARD_EXECUTION_ID: its gateway knows it even when the
  /// answer is lost. "" for one that is made here.
  std::string live_id;
  std::string request_id;           ///< the client's when it is usable, else made here
  std::vector<std::string> params;  ///< what the route's {placeholders} stand for, decoded
  int route = -1;                   ///< its place in Router::routes(), once it was found; -1: none

  /// The header of that lower-case name; nullptr when there is none.
  const std::string* header(std::string_view name) const;
  /// The first query parameter of that name; nullptr when there is none.
  const std::string* parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  ///< without Content-Length
  std::string body;
  std::string execution_id;  ///< for the log only
  /// Instead of `body`: what comes bit by bit, without Content-Length.
  std::shared_ptr<BodyStream> stream{};
  /// What a large body holds of the room for answers (see AnswerRoom).
  std::shared_ptr<AnswerRoom::Place> place{};

  const std::string* header(std::string_view name) const;
};

/// A response whose body is JSON. Not to be kept by anybody unless a header says otherwise.
Response json_response(int status, std::string body);

/// "Not Found" for 404; "Unknown" for what this server never sends.
std::string_view status_phrase(int status);

/// The text with %XX resolved, and `+` as a space where `plus_is_space`. nullopt for a broken
/// escape, and for a result that holds a NUL or is not UTF-8.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// The parameters of a query string (application/x-www-form-urlencoded); nullopt when one is
/// malformed.
std::optional<Query> parse_query(std::string_view text);

/// True for `application/json`, with charset utf-8 or none.
bool is_json_media_type(std::string_view content_type);

/// True when both are the same but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Takes the next element of a header's comma-separated list off `rest`.
std::string_view next_list_element(std::string_view& rest);

}  // namespace runyard
