#include "gateway/held_runs.hpp"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "gateway/gateway_metrics.hpp"

namespace runyard::gateway {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

/// More than a statement takes and a clock drifts between two renewals, and less than makes runs
/// look abandoned.
constexpr auto kClockWasSet = std::chrono::seconds(5);

}  // namespace

HeldRuns::HeldRuns(asio::io_context& io, DbThreads& db, LiveStore& live, ExecutionStore& executions,
                   std::string gateway_id, HeldRunTimes times)
    : db_(db),
      live_(live),
      executions_(executions),
      gateway_id_(std::move(gateway_id)),
      times_(times),
      strand_(asio::make_strand(io)),
      timer_(strand_) {}

void HeldRuns::start() {
  asio::dispatch(strand_, [this] {
    away();
    tick_later();
  });
}

void HeldRuns::hold(const std::string& execution_id, asio::any_io_executor executor,
                    std::function<void(bool)> done) {
  auto told = [executor = std::move(executor), done = std::move(done)](bool held) {
    asio::post(executor, [done, held] { done(held); });
  };
  asio::dispatch(strand_, [this, execution_id, told = std::move(told)]() mutable {
    entries_[execution_id].told = std::move(told);
    wish(execution_id, Wish::kHold);
  });
}

void HeldRuns::let_go(const std::string& execution_id) { wish(execution_id, Wish::kLetGo); }
void HeldRuns::kill(const std::string& execution_id) { wish(execution_id, Wish::kKill); }

void HeldRuns::wish(const std::string& execution_id, Wish wish) {
  asio::dispatch(strand_, [this, execution_id, wish] {
    auto& entry = entries_[execution_id];
    entry.wish = wish;
    entry.fulfilled = false;
    if (!entry.busy) work(execution_id);
  });
}

void HeldRuns::work(const std::string& execution_id) {
  auto& entry = entries_.at(execution_id);
  // A renewal that is under way would bring back what is let go meanwhile: tick() goes on with it.
  if (renewing_ && entry.wish != Wish::kHold) return;
  entry.busy = true;
  db_.call(
      strand_, [this, execution_id, wish = entry.wish] { return fulfil(execution_id, wish); },
      [this, execution_id, wish = entry.wish](std::optional<bool> done) {
        auto& now = entries_.at(execution_id);
        now.busy = false;
        if (wish == Wish::kHold && now.told) std::exchange(now.told, nullptr)(done.has_value());
        if (now.wish != wish) return work(execution_id);
        now.fulfilled = done.has_value();
        if (now.fulfilled && wish != Wish::kHold) entries_.erase(execution_id);
        tell_drained();
      });
}

bool HeldRuns::fulfil(const std::string& execution_id, Wish wish) {
  if (wish == Wish::kLetGo) {
    live_.let_go(execution_id);
    return true;
  }
  live_.hold(execution_id, gateway_id_);
  if (wish == Wish::kHold) return true;
  // Until it is cancelled the row stays, and with it the work for whoever sweeps: after a crash,
  // and when the submission is still under way.
  const auto owner = live_.owner(execution_id);
  if (owner.empty()) return true;
  executions_.cancel(execution_id, owner);
  live_.let_go(execution_id);
  log::info("cancelled, its client left", {{"execution", execution_id}});
  gateway_metrics().killed.add();
  return true;
}

void HeldRuns::tick_later() {
  timer_.expires_after(times_.renewed_every);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    tick();
    tick_later();
  });
}

void HeldRuns::tick() {
  if (renewing_) return;
  work_again();
  std::vector<std::string> ids;
  for (const auto& [id, entry] : entries_)
    if (entry.wish == Wish::kHold) ids.push_back(id);
  renewing_ = true;
  db_.call(
      strand_, [this, ids = std::move(ids)] { return live_.renew(gateway_id_, ids); },
      [this](std::optional<std::int64_t> server_ms) {
        renewing_ = false;
        work_again();
        if (!server_ms || clock_was_set(*server_ms))
          away();
        else
          sweep(*server_ms);
      });
}

/// What was not possible before.
void HeldRuns::work_again() {
  std::vector<std::string> again;
  for (const auto& [id, entry] : entries_)
    if (!entry.busy && !entry.fulfilled) again.push_back(id);
  for (const auto& id : again) work(id);
}

void HeldRuns::sweep(std::int64_t server_ms) {
  if (sweeping_ || steady_clock::now() < sweep_from_) return;
  sweeping_ = true;
  db_.call(
      strand_,
      [this, server_ms] {
        for (const auto& run : live_.take_abandoned(server_ms)) {
          executions_.cancel(run.execution_id, run.owner);
          log::warn("cancelled, its gateway is gone", {{"execution", run.execution_id}});
          gateway_metrics().killed.add();
        }
        return true;
      },
      [this](std::optional<bool> done) {
        sweeping_ = false;
        if (!done) away();
      });
}

/// Nobody could renew anything, as far as this gateway knows.
void HeldRuns::away() { sweep_from_ = steady_clock::now() + times_.quiet; }

/// Since the renewal before, as by another server that took over: every run looks as if nobody had
/// renewed it for so long.
bool HeldRuns::clock_was_set(std::int64_t server_ms) {
  const auto ahead =
      std::chrono::milliseconds(server_ms) -
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now().time_since_epoch());
  const auto before = std::exchange(server_ahead_, ahead);
  return before && std::chrono::abs(ahead - *before) > kClockWasSet;
}

std::shared_ptr<void> HeldRuns::expect() {
  asio::dispatch(strand_, [this] { ++expected_; });
  return {nullptr, [this](void*) {
            asio::dispatch(strand_, [this] {
              --expected_;
              tell_drained();
            });
          }};
}

void HeldRuns::drain(std::function<void()> done) {
  asio::dispatch(strand_, [this, done = std::move(done)]() mutable {
    draining_ = true;
    drained_ = std::move(done);
    tell_drained();
  });
}

void HeldRuns::tell_drained() {
  if (!drained_ || expected_ > 0) return;
  const bool settled = std::all_of(entries_.begin(), entries_.end(), [](const auto& entry) {
    return !entry.second.busy && (entry.second.fulfilled || entry.second.wish == Wish::kHold);
  });
  if (!settled) return;
  timer_.cancel();
  std::exchange(drained_, nullptr)();
}

}  // namespace runyard::gateway
