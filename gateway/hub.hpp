#pragma once
// Who waits for news of which execution. One connection to the database listens for all of them.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/listener.hpp"
#include "core/live_store.hpp"
#include "gateway/db_threads.hpp"

namespace runyard::gateway {

enum class News {
  kEvents,  ///< there may be new events
  kOver,    ///< it is not in the queue any more: no event comes that is not there already
};

class Hub;

/// Ends with the object. What is being called at that moment may still come.
class Subscription final {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  /// The last event that was read: the look tells of later ones only.
  void seen(std::int64_t id) { seen_ = id; }

 private:
  friend class Hub;
  Subscription(Hub& hub, std::string execution_id, std::function<void(News)> on_news)
      : hub_(hub), execution_id_(std::move(execution_id)), on_news_(std::move(on_news)) {}

  Hub& hub_;
  const std::string execution_id_;
  const std::function<void(News)> on_news_;
  std::atomic<std::int64_t> seen_{0};
};

/// Thread-safe. A notification is a hint that may be lost, or sent by anybody: that an execution is
/// over is read from rows before it is told. Once a second, and after the connection was lost, all
/// executions that somebody waits for are looked at in one statement.
class Hub final {
 public:
  Hub(boost::asio::io_context& io, DbThreads& db, LiveStore& live);
  ~Hub();

  /// Begins to listen and to look.
  void start(const std::string& db_options);
  /// No more news. Nobody may ask whether it is connected any more.
  void stop();

  /// `on_news` is called on any thread, and must only pass it on. The Hub outlives the
  /// subscription.
  std::shared_ptr<Subscription> subscribe(const std::string& execution_id,
                                          std::function<void(News)> on_news);
  bool connected() const { return listener_ && listener_->connected(); }

 private:
  friend class Subscription;
  void tell(const std::string& execution_id, News news, std::int64_t newest);
  void look_later();
  void look();
  void ask(const std::string& execution_id);
  void look_at_asked();
  void tell_states(const std::optional<std::vector<LiveState>>& states);
  void forget(const Subscription& subscription);

  DbThreads& db_;
  LiveStore& live_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  boost::asio::steady_timer timer_;  // on strand_
  bool looking_ = false;             // on strand_
  bool asking_ = false;              // on strand_
  bool stopped_ = false;             // on strand_
  std::mutex mutex_;
  std::unordered_multimap<std::string, std::weak_ptr<Subscription>> subscriptions_;  // under mutex_
  std::set<std::string> asked_;  // said to be over; no more than are subscribed to; under mutex_
  std::unique_ptr<Listener> listener_;
};

}  // namespace runyard::gateway
