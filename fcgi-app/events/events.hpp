#pragma once
// GET /executions/{id}/events: what happens in an execution, as it happens (Server-Sent Events).
#include "fcgi-app/events/listener_places.hpp"
#include "fcgi-app/events/live_reader.hpp"

namespace runyard {

/// What the route works with beside the ApiContext. All of it outlives the Api and every stream.
struct EventFeed {
  LiveReader& live;
  ListenerPlaces& places;
};

}  // namespace runyard
