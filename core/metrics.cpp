#include "core/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace runyard::metrics {
namespace {

constexpr std::string_view kHelp = "# HELP ";
constexpr std::string_view kType = "# TYPE ";

bool is_name(std::string_view text, bool colon) {
  const auto fits = [colon](char c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':') ||
           (!first && c >= '0' && c <= '9');
  };
  if (text.empty()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!fits(text[i], i == 0)) return false;
  return true;
}

struct Series {
  Labels labels;
  Show show = Show::kAlways;
  // One of these.
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
  std::function<double()> value;
};

struct Family {
  std::string help;
  prometheus::MetricType type;
  std::vector<std::unique_ptr<Series>> series;
};

prometheus::ClientMetric::Histogram collect(const Histogram& histogram) {
  prometheus::ClientMetric::Histogram collected;
  collected.sample_sum = histogram.sum();
  const auto& bounds = histogram.bounds();
  // Adding up rather than asking for the count: between two looks there may be one more, and the
  // buckets must agree with the whole.
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    collected.sample_count += histogram.count(i);
    collected.bucket.push_back({collected.sample_count, bounds[i]});
  }
  collected.sample_count += histogram.count(bounds.size());
  return collected;
}

/// False: it is not to be shown.
bool collect(const Series& series, prometheus::ClientMetric& metric) {
  const bool always = series.show == Show::kAlways;
  if (series.counter) {
    metric.counter.value = static_cast<double>(series.counter->value());
    return always || metric.counter.value > 0;
  }
  if (series.histogram) {
    metric.histogram = collect(*series.histogram);
    return always || metric.histogram.sample_count > 0;
  }
  metric.gauge.value = series.gauge ? series.gauge->value() : series.value();
  return true;
}

}  // namespace

void Gauge::add(double change) {
  auto before = value_.load(std::memory_order_relaxed);
  while (!value_.compare_exchange_weak(before, before + change, std::memory_order_relaxed)) {
  }
}

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)) {}

void Histogram::observe(double value) {
  const auto bucket = static_cast<std::size_t>(
      std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.add(value);
}

std::uint64_t Histogram::count() const {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) all += count(i);
  return all;
}

std::vector<double> seconds_bounds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

struct Registry::Impl {
  mutable std::mutex mutex;
  std::map<std::string, Family> families;  // under mutex

  /// Under mutex. The series, and whether it is new.
  std::pair<Series&, bool> find(const std::string& name, const std::string& help,
                                prometheus::MetricType type, const Labels& labels) {
    if (!is_name(name, true)) throw std::logic_error("metric " + name + " has no good name");
    for (const auto& [label, value] : labels)
      if (!is_name(label, false) || label.compare(0, 2, "__") == 0 || label == "le")
        throw std::logic_error("metric " + name + " has a label " + label);
    auto& family = families.try_emplace(name, Family{help, type, {}}).first->second;
    if (family.type != type) throw std::logic_error("metric " + name + " is of another kind");
    for (const auto& one : family.series)
      if (one->labels == labels) return {*one, false};
    family.series.push_back(std::make_unique<Series>());
    family.series.back()->labels = labels;
    return {*family.series.back(), true};
  }
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter& Registry::counter(const std::string& name, const std::string& help, const Labels& labels,
                           Show show) {
  const std::lock_guard lock(impl_->mutex);
  auto [series, fresh] = impl_->find(name, help, prometheus::MetricType::Counter, labels);
  if (fresh) {
    series.counter = std::make_unique<Counter>();
    series.show = show;
  }
  return *series.counter;
}

Gauge& Registry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  auto [series, fresh] = impl_->find(name, help, prometheus::MetricType::Gauge, labels);
  if (!series.gauge && !fresh) throw std::logic_error("metric " + name + " is asked for");
  if (fresh) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& Registry::histogram(const std::string& name, const std::string& help,
                               std::vector<double> bounds, const Labels& labels, Show show) {
  const std::lock_guard lock(impl_->mutex);
  auto [series, fresh] = impl_->find(name, help, prometheus::MetricType::Histogram, labels);
  if (fresh) {
    series.histogram = std::make_unique<Histogram>(std::move(bounds));
    series.show = show;
  }
  return *series.histogram;
}

void Registry::ask(const std::string& name, const std::string& help, const Labels& labels,
                   std::function<double()> value) {
  const std::lock_guard lock(impl_->mutex);
  auto [series, fresh] = impl_->find(name, help, prometheus::MetricType::Gauge, labels);
  if (series.gauge) throw std::logic_error("metric " + name + " is not asked for");
  series.value = std::move(value);
}

void Registry::stop_asking() {
  const std::lock_guard lock(impl_->mutex);
  for (auto& [name, family] : impl_->families) {
    auto& all = family.series;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [](const auto& one) { return static_cast<bool>(one->value); }),
              all.end());
  }
}

std::string Registry::text(const Labels& constant) const {
  std::vector<prometheus::MetricFamily> collected;
  {
    const std::lock_guard lock(impl_->mutex);
    for (const auto& [name, family] : impl_->families) {
      prometheus::MetricFamily made{name, family.help, family.type, {}};
      for (const auto& series : family.series) {
        prometheus::ClientMetric metric;
        if (!collect(*series, metric)) continue;
        for (const auto& [label, value] : constant) metric.label.push_back({label, value});
        for (const auto& [label, value] : series->labels) metric.label.push_back({label, value});
        made.metric.push_back(std::move(metric));
      }
      if (!made.metric.empty()) collected.push_back(std::move(made));
    }
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, collected);
  return out.str();
}

Registry& registry() {
  static Registry one;
  return one;
}

namespace {

struct MergedFamily {
  std::string help;  ///< the whole lines
  std::string type;
  std::string samples;
};

/// The word behind "# HELP " or "# TYPE ".
std::string name_of(std::string_view comment) {
  comment.remove_prefix(kHelp.size());
  return std::string(comment.substr(0, comment.find(' ')));
}

/// A sample of `family`: its name, or for a histogram that with a suffix, then labels or a value.
bool belongs(std::string_view line, std::string_view family) {
  if (line.substr(0, family.size()) != family) return false;
  auto rest = line.substr(family.size());
  for (const std::string_view suffix : {"_bucket", "_sum", "_count"})
    if (rest.substr(0, suffix.size()) == suffix) {
      rest.remove_prefix(suffix.size());
      break;
    }
  return !rest.empty() && (rest.front() == '{' || rest.front() == ' ');
}

void merge_into(std::map<std::string, MergedFamily>& families, std::string_view text) {
  std::string name;
  MergedFamily* family = nullptr;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.substr(0, kHelp.size()) == kHelp) {
      name = name_of(line);
      family = is_name(name, true) ? &families[name] : nullptr;
      if (family && family->help.empty()) family->help = std::string(line) + '\n';
    } else if (line.substr(0, kType.size()) == kType) {
      if (!family || name_of(line) != name) continue;
      if (family->type.empty()) family->type = std::string(line) + '\n';
      if (family->type.compare(0, family->type.size() - 1, line) != 0) family = nullptr;
    } else if (family && belongs(line, name)) {
      family->samples.append(line).append(1, '\n');
    }
  }
}

}  // namespace

std::string merge(const std::vector<std::string>& texts) {
  std::map<std::string, MergedFamily> families;
  for (const auto& text : texts) merge_into(families, text);
  std::string merged;
  for (const auto& [name, family] : families)
    if (!family.samples.empty() && !family.type.empty())
      merged += family.help + family.type + family.samples;
  return merged;
}

}  // namespace runyard::metrics
