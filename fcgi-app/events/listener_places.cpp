#include "fcgi-app/events/listener_places.hpp"

#include <algorithm>
#include <utility>

namespace runyard {

ListenerPlaces::ListenerPlaces(int places)
    : places_(places), places_per_owner_(std::max(1, places / 8)) {}

ListenerPlaces::Place::Place(ListenerPlaces& places, std::string owner)
    : places_(places), owner_(std::move(owner)) {}

ListenerPlaces::Place::~Place() {
  const std::lock_guard lock(places_.mutex_);
  --places_.taken_;
  const auto held = places_.of_owner_.find(owner_);
  if (--held->second == 0) places_.of_owner_.erase(held);
}

std::variant<std::unique_ptr<ListenerPlaces::Place>, ListenerPlaces::Full> ListenerPlaces::take(
    const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const auto held = of_owner_.find(owner);
  if (held != of_owner_.end() && held->second >= places_per_owner_) return Full::kOwner;
  if (taken_ >= places_) return Full::kAll;
  auto& count = of_owner_[owner];
  auto place = std::make_unique<Place>(*this, owner);
  ++count;
  ++taken_;
  return place;
}

}  // namespace runyard
