#include "fcgi-app/metrics_page.hpp"

#include <exception>
#include <utility>

#include "core/log.hpp"
#include "core/service_figures.hpp"

namespace runyard {

MetricsPage::MetricsPage(ProcessName name, Look look, std::chrono::milliseconds patience)
    : name_(std::move(name)),
      look_(std::move(look)),
      patience_(patience),
      thread_([this] { run(); }) {}

MetricsPage::~MetricsPage() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::string MetricsPage::text() {
  std::vector<std::string> texts;
  bool up = false;
  {
    std::unique_lock lock(mutex_);
    // A look that is under way may have begun long ago: this wants the next one.
    const auto mine = ++wanted_;
    changed_.notify_all();
    if (changed_.wait_for(lock, patience_, [&] { return stop_ || done_ >= mine; }) &&
        done_ >= mine) {
      up = up_;
      texts = found_;
    }
  }
  if (!up) texts = {metrics::registry().text(name_.labels())};
  metrics::Registry own;
  own.gauge("runyard_database_up",
            "Whether the database told its figures; without it only this process's are shown.")
      .set(up ? 1 : 0);
  texts.push_back(own.text());
  return metrics::merge(texts);
}

void MetricsPage::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || wanted_ > done_; });
    if (stop_) return;
    const auto number = wanted_;
    lock.unlock();
    std::vector<std::string> found;
    bool up = false;
    try {
      found = look_();
      up = true;
    } catch (const std::exception& error) {
      log::warn("figures cannot be read", {{"error", error.what()}});
    }
    lock.lock();
    found_ = std::move(found);
    up_ = up;
    done_ = number;
    changed_.notify_all();
  }
}

std::vector<std::string> look_at_metrics(Database& database, MetricsStore& store,
                                         const ProcessName& name) {
  auto texts = store.others(name);
  // What it counted since would be ahead of what the next process that is asked shows of it.
  texts.insert(texts.begin(), store.own(name).value_or(metrics::registry().text(name.labels())));
  metrics::Registry registry;
  put(look_at_service(database), registry);
  texts.push_back(registry.text());
  return texts;
}

}  // namespace runyard
