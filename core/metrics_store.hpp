#pragma once
// Where processes leave what they count (core/metrics.hpp), so that any API process can answer for
// all of them and workers need no port; and the thread that does it.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/database.hpp"
#include "core/metrics.hpp"

namespace runyard {

/// Which process: labels of all its series.
struct ProcessName {
  std::string program;  ///< "api", "worker", "gateway"
  std::string host;
  /// Its number and some random digits: two containers of one host name have the same numbers.
  std::string process;

  metrics::Labels labels() const {
    return {{"program", program}, {"host", host}, {"process", process}};
  }
};

/// This process's.
ProcessName process_name(std::string program);

/// Thread-safe. Every call throws DatabaseUnavailable.
class MetricsStore final {
 public:
  explicit MetricsStore(Database& database) : database_(database) {}

  /// Replaces what this process wrote, and removes what others wrote more than a minute ago.
  void write(const ProcessName& name, const std::string& body);
  void remove(const ProcessName& name);
  /// What all other processes wrote within the last 15 s.
  std::vector<std::string> others(const ProcessName& name);
  /// What this process wrote last, if that was within the last 15 s: what others show of it.
  std::optional<std::string> own(const ProcessName& name);

 private:
  Database& database_;
};

/// Writes this process's text every five seconds on a thread of its own, from construction to
/// destruction. What cannot be written is left: figures must never harm the program.
class MetricsWriter final {
 public:
  /// `store` and all that the registry asks outlive it.
  MetricsWriter(MetricsStore& store, ProcessName name,
                std::chrono::milliseconds interval = std::chrono::seconds(5));
  /// Takes away what was written. While the database does not answer this waits for it.
  ~MetricsWriter();
  MetricsWriter(const MetricsWriter&) = delete;
  MetricsWriter& operator=(const MetricsWriter&) = delete;

  /// True when the last two writes failed since the database was away or out of means: then nobody
  /// else can write either, also where it can still be read. Connections of our own pool that were
  /// all in use do not count.
  bool cannot_write() const { return failed_ >= 2; }

 private:
  void run(std::chrono::milliseconds interval);
  bool write();

  MetricsStore& store_;
  const ProcessName name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;           // under mutex_
  std::atomic<int> failed_{0};  // in a row
  std::thread thread_;
};

}  // namespace runyard
