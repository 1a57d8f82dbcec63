#include "gateway/hub.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <limits>
#include <vector>

namespace runyard::gateway {

namespace asio = boost::asio;

Subscription::~Subscription() { hub_.forget(*this); }

Hub::Hub(asio::io_context& io, DbThreads& db, LiveStore& live)
    : db_(db), live_(live), strand_(asio::make_strand(io)), timer_(strand_) {}

Hub::~Hub() = default;

void Hub::start(const std::string& db_options) {
  listener_ = std::make_unique<Listener>(
      db_options, std::vector<std::string>{kOutputChannel, kDoneChannel},
      [this](const std::string& channel, const std::string& id) {
        if (channel == kDoneChannel) return ask(id);
        tell(id, News::kEvents, std::numeric_limits<std::int64_t>::max());
      },
      [this] { asio::post(strand_, [this] { look(); }); });
  asio::post(strand_, [this] { look_later(); });
}

void Hub::stop() {
  asio::post(strand_, [this] {
    stopped_ = true;
    timer_.cancel();
  });
  listener_.reset();
}

std::shared_ptr<Subscription> Hub::subscribe(const std::string& execution_id,
                                             std::function<void(News)> on_news) {
  const std::shared_ptr<Subscription> subscription(
      new Subscription(*this, execution_id, std::move(on_news)));
  const std::lock_guard lock(mutex_);
  subscriptions_.emplace(execution_id, subscription);
  return subscription;
}

void Hub::forget(const Subscription& subscription) {
  const std::lock_guard lock(mutex_);
  // Its own entry can no longer be locked; nor can one whose owner ends at this moment as well.
  const auto [first, last] = subscriptions_.equal_range(subscription.execution_id_);
  for (auto it = first; it != last;) it = it->second.expired() ? subscriptions_.erase(it) : ++it;
}

void Hub::tell(const std::string& execution_id, News news, std::int64_t newest) {
  std::vector<std::shared_ptr<Subscription>> told;
  {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = subscriptions_.equal_range(execution_id);
    for (auto it = first; it != last; ++it)
      if (auto subscription = it->second.lock()) told.push_back(std::move(subscription));
  }
  for (const auto& subscription : told)
    if (news == News::kOver || newest > subscription->seen_) subscription->on_news_(news);
}

void Hub::look_later() {
  if (stopped_) return;
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || stopped_) return;
    look();
    look_later();
  });
}

void Hub::look() {
  if (looking_ || stopped_) return;
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = subscriptions_.begin(); it != subscriptions_.end();
         it = subscriptions_.equal_range(it->first).second)
      ids.push_back(it->first);
  }
  if (ids.empty()) return;
  looking_ = true;
  db_.call(
      strand_, [this, ids = std::move(ids)] { return live_.states(ids); },
      [this](std::optional<std::vector<LiveState>> states) {
        looking_ = false;
        tell_states(states);
      });
}

/// Somebody says that it is over.
void Hub::ask(const std::string& execution_id) {
  {
    const std::lock_guard lock(mutex_);
    if (subscriptions_.count(execution_id) == 0) return;
    if (!asked_.insert(execution_id).second) return;  // it is asked about anyway
  }
  asio::post(strand_, [this] { look_at_asked(); });
}

void Hub::look_at_asked() {
  if (asking_ || stopped_) return;
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    ids.assign(asked_.begin(), asked_.end());
    asked_.clear();
  }
  if (ids.empty()) return;
  asking_ = true;
  db_.call(
      strand_, [this, ids = std::move(ids)] { return live_.states(ids); },
      [this](std::optional<std::vector<LiveState>> states) {
        asking_ = false;
        tell_states(states);
        look_at_asked();
      });
}

/// None while the database is away: then the next look finds out.
void Hub::tell_states(const std::optional<std::vector<LiveState>>& states) {
  if (!states) return;
  for (const auto& state : *states)
    tell(state.execution_id, state.over ? News::kOver : News::kEvents, state.newest);
}

}  // namespace runyard::gateway
