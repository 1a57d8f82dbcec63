#include <charconv>

#include "core/ids.hpp"
#include "fcgi-app/cursor.hpp"
#include "fcgi-app/events/events.hpp"
#include "fcgi-app/events/execution_events.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"
#include "fcgi-app/submitting.hpp"

namespace runyard {
namespace {

constexpr int kRetryAfterFull = 5;

Response no_such_execution() { return problem_response(404, "there is no such execution"); }

/// The largest number that every JSON reader knows exactly; no id comes near it.
constexpr std::int64_t kMaxEventId = 9'007'199'254'740'991;

std::optional<std::int64_t> event_id(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0 || id > kMaxEventId)
    return std::nullopt;
  return id;
}

/// The last event that the client knows. The header counts before the parameter: a browser adds it
/// to the same address when it comes back.
std::optional<std::int64_t> read_last_id(const Request& request, QueryReader& query,
                                         BodyErrors& errors) {
  const auto* parameter = query.text("last_event_id");
  const auto* header = request.header("last-event-id");
  if (header && header->empty()) header = nullptr;  // no event had an id
  const auto read = [&](const char* field, const std::string& text) {
    const auto id = event_id(text);
    if (!id)
      errors.add(field, "must be the id of an event: a whole number from 0 to " +
                            std::to_string(kMaxEventId));
    return id;
  };
  std::optional<std::int64_t> id;
  if (parameter) id = read("last_event_id", *parameter);
  if (header) id = read("Last-Event-ID", *header);
  return id;
}

Response refuse_full(ListenerPlaces::Full full, const ListenerPlaces& places) {
  if (full == ListenerPlaces::Full::kOwner)
    return refused_response(
        {{429,
          "you listen to " + std::to_string(places.places_per_owner()) + " executions already",
          {}},
         kRetryAfterFull});
  return refused_response({{503, "too many listen already; try again", {}}, kRetryAfterFull});
}

Response read_events(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto id = canonical_id(request.params.at(0));
  if (!is_uuid(id)) return no_such_execution();
  EventWish wish;
  wish.execution_id = id;
  wish.owner = caller.owner;
  BodyErrors errors;
  QueryReader query(request, errors);
  wish.encoding = query.encoding();
  wish.after = read_last_id(request, query, errors);
  query.refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  const auto execution = context.executions.find(id, caller.owner);
  if (!execution) return no_such_execution();
  Response response;
  response.execution_id = id;
  const bool over = is_terminal(execution->status);
  if (over && wish.after && *wish.after >= live_end_id(execution->attempt)) {
    response.status = 204;  // which tells a browser not to come back
    return response;
  }
  const auto& feed = required(context.events);
  auto place = feed.places.take(caller.owner);
  if (const auto* full = std::get_if<ListenerPlaces::Full>(&place))
    return refuse_full(*full, feed.places);
  if (!over) {
    context.executions.watch(id);
    feed.live.follow(id);
  }
  wish.queued = execution->status == Status::kQueued;
  response.headers = {{"Content-Type", "text/event-stream"},
                      {"Cache-Control", "no-store"},
                      {"X-Accel-Buffering", "no"}};
  response.stream = std::make_shared<ExecutionEvents>(
      feed.live, context.executions, std::move(wish),
      std::move(std::get<std::unique_ptr<ListenerPlaces::Place>>(place)));
  return response;
}

}  // namespace

void add_event_routes(Router& router, const ApiContext& context) {
  router.add("GET", std::string(kExecutionsPath) + "/{id}/events",
             for_caller(context, Scope::kRead, read_events));
}

}  // namespace runyard
