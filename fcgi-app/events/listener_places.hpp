#pragma once
// How many may listen at one time.
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>

namespace runyard {

/// Thread-safe.
class ListenerPlaces final {
 public:
  /// One owner has an eighth of all at most: with all of them, he would keep everybody else away.
  explicit ListenerPlaces(int places);
  ListenerPlaces(const ListenerPlaces&) = delete;
  ListenerPlaces& operator=(const ListenerPlaces&) = delete;

  /// One place, given back at the end.
  class Place final {
   public:
    Place(ListenerPlaces& places, std::string owner);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    ListenerPlaces& places_;
    const std::string owner_;
  };

  enum class Full { kAll, kOwner };
  std::variant<std::unique_ptr<Place>, Full> take(const std::string& owner);

  int places() const { return places_; }
  int places_per_owner() const { return places_per_owner_; }

 private:
  const int places_;
  const int places_per_owner_;
  std::mutex mutex_;
  int taken_ = 0;                                  // under mutex_
  std::unordered_map<std::string, int> of_owner_;  // under mutex_; nobody with 0
};

}  // namespace runyard
