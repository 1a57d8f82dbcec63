#pragma once
// The live runs that end with a connection of this gateway, and those whose gateway is gone.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/execution_store.hpp"
#include "core/live_store.hpp"
#include "gateway/db_threads.hpp"

namespace runyard::gateway {

struct HeldRunTimes {
  std::chrono::milliseconds renewed_every{5'000};
  /// As long as a run may go without being renewed (LiveStore::take_abandoned).
  std::chrono::milliseconds quiet{20'000};
};

/// Thread-safe. What the database cannot do now is tried again until it can; if this gateway ends
/// before, another one (or its next start) finds the run 20 s later. For one execution the last
/// call counts, and nothing is begun before what is under way has ended: a run that is let go is
/// not held again by a late statement.
class HeldRuns final {
 public:
  HeldRuns(boost::asio::io_context& io, DbThreads& db, LiveStore& live, ExecutionStore& executions,
           std::string gateway_id, HeldRunTimes times = {});

  /// Begins to renew what is held and to sweep what nobody renews, every five seconds. Nothing is
  /// swept within 20 s of the start, or of a moment at which the database was away or its clock was
  /// set: the others must have had the time to renew theirs.
  void start();

  /// The run ends with a connection of this gateway. To be called before it is submitted: `done` is
  /// called on `executor` when it is known to the other gateways (true), or cannot be made known
  /// now (false: let it go).
  void hold(const std::string& execution_id, boost::asio::any_io_executor executor,
            std::function<void(bool)> done);
  /// It has ended.
  void let_go(const std::string& execution_id);
  /// Its client is gone, or the answer to its submission: it is cancelled. If it is not there yet,
  /// a sweep finds it later.
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
    std::function<void(bool)> told;  ///< whom hold() tells
  };
  void wish(const std::string& execution_id, Wish wish);
  void work(const std::string& execution_id);
  bool fulfil(const std::string& execution_id, Wish wish);
  void tick_later();
  void tick();
  void work_again();
  void sweep(std::int64_t server_ms);
  void away();
  bool clock_was_set(std::int64_t server_ms);
  void tell_drained();

  DbThreads& db_;
  LiveStore& live_;
  ExecutionStore& executions_;
  const std::string gateway_id_;
  const HeldRunTimes times_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  // All below on strand_.
  boost::asio::steady_timer timer_;
  std::unordered_map<std::string, Entry> entries_;
  int expected_ = 0;
  bool renewing_ = false;
  bool sweeping_ = false;
  std::chrono::steady_clock::time_point sweep_from_;
  std::optional<std::chrono::milliseconds> server_ahead_;  ///< of this machine's steady clock
  bool draining_ = false;
  std::function<void()> drained_;
};

}  // namespace runyard::gateway
