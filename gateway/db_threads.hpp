#pragma once
// The threads that wait for the database, so that those of the connections never do.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "gateway/gateway_metrics.hpp"

namespace runyard::gateway {

/// Thread-safe. Work is begun in the order in which it came.
class DbThreads final {
 public:
  explicit DbThreads(int threads) : pool_(static_cast<std::size_t>(threads)) {}
  ~DbThreads() { pool_.join(); }
  /// What is under way is waited for, what has not begun is dropped.
  void stop() {
    pool_.stop();
    pool_.join();
  }
  DbThreads(const DbThreads&) = delete;
  DbThreads& operator=(const DbThreads&) = delete;

  /// Calls `work` on one of the threads, then `done` on `executor` with what it returned; nullopt:
  /// the database is away, or the work failed in another way (which is logged).
  template <typename Work, typename Done>
  void call(boost::asio::any_io_executor executor, Work work, Done done) {
    boost::asio::post(pool_, [executor = std::move(executor), work = std::move(work),
                              done = std::move(done)]() mutable {
      std::optional<decltype(work())> result;
      try {
        result = work();
      } catch (const DatabaseUnavailable& error) {
        log::warn("database away", {{"error", error.what()}});
        gateway_metrics().database_failed.add();
      } catch (const std::exception& error) {
        log::error("database work failed", {{"error", error.what()}});
        gateway_metrics().database_failed.add();
      }
      boost::asio::post(executor, [done = std::move(done), result = std::move(result)]() mutable {
        done(std::move(result));
      });
    });
  }

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace runyard::gateway
