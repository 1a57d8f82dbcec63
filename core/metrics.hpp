#pragma once
// What this process counts, for Prometheus. Instruments are atomics and nothing else, so that they
// may stand on any path; the text is written by prometheus-cpp, to which this is the one door. (Its
// own histogram takes a lock for each value, and its headers would be everywhere.)
//
// Instruments are made once, where a program or a part of it begins, and kept by reference:
//
//   static auto& claims = metrics::registry().counter("runyard_worker_claims_total", "...");
//   claims.add();
//
// Names end in their unit (_seconds, _bytes), those of counters in _total. Labels have few values
// that are known beforehand: never an id, an owner, a path or a text that somebody sent.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace runyard::metrics {

/// Name -> value.
using Labels = std::map<std::string, std::string>;

/// Counts up from 0, which is the start of the process. Thread-safe, as all instruments.
class Counter final {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Goes up and down.
class Gauge final {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double change);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// One more for as long as it lives: requests under way, connections.
class InUse final {
 public:
  explicit InUse(Gauge& gauge) : gauge_(gauge) { gauge_.add(1); }
  ~InUse() { gauge_.add(-1); }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;

 private:
  Gauge& gauge_;
};

/// How values are spread over buckets.
class Histogram final {
 public:
  /// The buckets' upper bounds, ascending; one without a bound is added.
  explicit Histogram(std::vector<double> bounds);

  void observe(double value);
  template <typename Rep, typename Period>
  void observe(std::chrono::duration<Rep, Period> time) {
    observe(std::chrono::duration<double>(time).count());
  }

  const std::vector<double>& bounds() const { return bounds_; }
  /// Of the bucket of that number alone; bounds().size() is the one without a bound.
  std::uint64_t count(std::size_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
  }
  std::uint64_t count() const;
  double sum() const { return sum_.value(); }

 private:
  const std::vector<double> bounds_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  Gauge sum_;
};

/// Bounds for times from a millisecond to a minute, in seconds.
std::vector<double> seconds_bounds();

/// Whether a series is there from the start, or only once it is not 0: for those of which most
/// processes never use most.
enum class Show { kAlways, kOnceUsed };

/// Instruments by name and labels. Thread-safe; each is made once and lives as long as this.
class Registry final {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// The instrument of that name and these labels, made when it is new. All of one name have one
  /// kind, one help text and the same names of labels. Throws std::logic_error for a name or a
  /// label that Prometheus does not take, and when the name is another kind's.
  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {},
                   Show show = Show::kAlways);
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help,
                       std::vector<double> bounds = seconds_bounds(), const Labels& labels = {},
                       Show show = Show::kAlways);

  /// A gauge whose value is asked for with each text(), on the thread of that. See Asked.
  void ask(const std::string& name, const std::string& help, const Labels& labels,
           std::function<double()> value);
  /// Forgets all that ask() was given.
  void stop_asking();

  /// Prometheus' text format 0.0.4, families by name. `constant` are labels of every series.
  std::string text(const Labels& constant = {}) const;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

/// This process's. One for all, as the log is: what is counted is written by every part, and read
/// as a whole.
Registry& registry();

/// What is asked while it lives: made by a program's main after the things that are asked, so that
/// it ends before them.
class Asked final {
 public:
  explicit Asked(Registry& registry = metrics::registry()) : registry_(registry) {}
  ~Asked() { stop(); }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  void stop() { registry_.stop_asking(); }
  void gauge(const std::string& name, const std::string& help, const Labels& labels,
             std::function<double()> value) {
    registry_.ask(name, help, labels, std::move(value));
  }

 private:
  Registry& registry_;
};

/// Texts of several processes as one: each family once, with the help and type of the first that
/// has it. Series of another type under the same name (of a process of another version) are left
/// out, and so is a line that is none of the format.
std::string merge(const std::vector<std::string>& texts);

}  // namespace runyard::metrics
