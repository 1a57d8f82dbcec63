#pragma once
// The live runs that end with a connection of this gateway, and those whose gateway is gone.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/execution_store.hpp"
#include "core/live_store.hpp"
#include "gateway/db_threads.hpp"

namespace runyard::gateway {

/// Thread-safe. What the database cannot do now is tried again until it can; if this gateway ends
/// before, another one (or its next start) finds the run 20 s later. For one execution the last
/// call counts, and nothing is begun before what is under way has ended: a run that is let go is
/// not held again by a late statement.
class HeldRuns final {
 public:
  HeldRuns(boost::asio::io_context& io, DbThreads& db, LiveStore& live, ExecutionStore& executions,
           std::string gateway_id);

  /// Begins to renew what is held and to sweep what nobody renews, every five seconds.
  void start();

  /// The run ends with a connection of this gateway.
  void hold(const std::string& execution_id);
  /// It has ended.
  void let_go(const std::string& execution_id);
  /// Its client is gone: it is cancelled.
  void kill(const std::string& execution_id);

  /// Something that may end in hold() or kill(): drain() waits until it is gone.
  std::shared_ptr<void> expect();

  /// Stops renewing; `done` once nothing is under way or to be repeated any more.
  void drain(std::function<void()> done);

 private:
  enum class Wish { kHold, kLetGo, kKill };
  struct Entry {
    Wish wish = Wish::kHold;
    bool fulfilled = false;
    bool busy = false;
  };
  void wish(const std::string& execution_id, Wish wish);
  void work(const std::string& execution_id);
  bool fulfil(const std::string& execution_id, Wish wish);
  void tick_later();
  void tick();
  void tell_drained();

  DbThreads& db_;
  LiveStore& live_;
  ExecutionStore& executions_;
  const std::string gateway_id_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  // All below on strand_.
  boost::asio::steady_timer timer_;
  std::unordered_map<std::string, Entry> entries_;
  int expected_ = 0;
  bool ticking_ = false;
  bool draining_ = false;
  std::function<void()> drained_;
};

}  // namespace runyard::gateway
