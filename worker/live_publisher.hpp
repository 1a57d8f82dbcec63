#pragma once
// Writes what followed executions say into the database, all that is due in one transaction.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "worker/live_feed.hpp"

namespace runyard {

/// One thread. A database that is away holds nobody up: what could not be published is tried again,
/// and dropped when its execution ends, since the result has all of it.
class LivePublisher final {
 public:
  using Publish = std::function<void(const std::vector<LiveEvents>&)>;

  explicit LivePublisher(Publish publish);
  ~LivePublisher();
  LivePublisher(const LivePublisher&) = delete;
  LivePublisher& operator=(const LivePublisher&) = delete;

  /// This feed has something to publish, now or a moment later.
  void news(const std::shared_ptr<LiveFeed>& feed);

  /// The last of this feed: publishes what is left and waits for it, unless the database is away or
  /// slow. Nothing of it is published afterwards.
  void finish(const std::shared_ptr<LiveFeed>& feed);

 private:
  void run();
  void publish(const std::vector<std::shared_ptr<LiveFeed>>& feeds);
  bool publish_each(const std::vector<std::shared_ptr<LiveFeed>>& feeds);
  std::vector<std::shared_ptr<LiveFeed>> take_due(LiveFeed::Clock::time_point now);  // under mutex_
  LiveFeed::Clock::time_point next_due() const;                                      // under mutex_

  const Publish publish_;
  std::mutex mutex_;
  std::condition_variable changed_;            // for the thread
  std::condition_variable published_;          // for whoever finishes
  std::set<std::shared_ptr<LiveFeed>> feeds_;  // under mutex_, as all below: with something to say
  bool away_ = false;                          // the last time failed
  LiveFeed::Clock::time_point again_;          // when it may be tried again
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace runyard
