#pragma once
// What GET /metrics shows: of this process, of all others, and of the queue.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/metrics_store.hpp"

namespace runyard {

/// Asks the database on a thread of its own, one look at a time however many ask, and goes without
/// it when it does not answer in time: just then figures are wanted. Thread-safe.
class MetricsPage final {
 public:
  /// Texts of all processes, this one too, and of the service; may throw, and may take long. Then
  /// this process's figures are shown as they are.
  using Look = std::function<std::vector<std::string>()>;

  MetricsPage(ProcessName name, Look look,
              std::chrono::milliseconds patience = std::chrono::seconds(3));
  /// Waits for a look that is under way.
  ~MetricsPage();
  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  /// Prometheus' text format 0.0.4, with runyard_database_up.
  std::string text();

 private:
  void run();

  const ProcessName name_;
  const Look look_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t wanted_ = 0;        // the last look that is asked for; under mutex_, as all below
  std::uint64_t done_ = 0;          // the last that has ended
  bool up_ = false;                 // it found something
  std::vector<std::string> found_;  // this
  bool stop_ = false;
  std::thread thread_;
};

/// The processes' texts as they wrote them last and the service's figures.
std::vector<std::string> look_at_metrics(Database& database, MetricsStore& store,
                                         const ProcessName& name);

}  // namespace runyard
