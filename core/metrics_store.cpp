#include "core/metrics_store.hpp"

#include <unistd.h>

#include <exception>

#include "core/database_busy.hpp"
#include "core/database_connection.hpp"
#include "core/errors.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"

namespace runyard {
namespace {

// The table is unlogged: nothing waits for the disk. Rows are locked before they go, skipping those
// of others, so that two writers that sweep at once never wait for each other.
constexpr Statement kWrite{
    "metrics_write",
    "with swept as (\n"
    "  delete from metrics\n"
    "  where process = any (array(\n"
    "    select process from metrics\n"
    "    where at < clock_timestamp() - interval '1 minute' and process <> $1\n"
    "    for update skip locked)))\n"
    "insert into metrics (process, program, host, body) values ($1, $2, $3, $4)\n"
    "on conflict (process) do update set at = clock_timestamp(), body = excluded.body"};

constexpr Statement kRemove{"metrics_remove", "delete from metrics where process = $1"};

// Three writes: whoever wrote none of them is gone, or has counted on since without being seen.
constexpr Statement kOthers{"metrics_others",
                            "select body from metrics\n"
                            "where process <> $1 and at > clock_timestamp() - interval '15 s'\n"
                            "order by program, host, process"};

constexpr Statement kOwn{"metrics_own",
                         "select body from metrics\n"
                         "where process = $1 and at > clock_timestamp() - interval '15 s'"};

std::string key_of(const ProcessName& name) {
  return name.program + '/' + name.host + '/' + name.process;
}

}  // namespace

ProcessName process_name(std::string program) {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  return {std::move(program), host, std::to_string(::getpid()) + '-' + random_hex(2)};
}

void MetricsStore::write(const ProcessName& name, const std::string& body) {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kWrite, key_of(name), name.program, name.host, body);
  });
}

void MetricsStore::remove(const ProcessName& name) {
  database_.run([&](DatabaseConnection& connection) { connection.exec(kRemove, key_of(name)); });
}

std::vector<std::string> MetricsStore::others(const ProcessName& name) {
  std::vector<std::string> bodies;
  database_.run([&](DatabaseConnection& connection) {
    bodies.clear();
    for (const auto& row : connection.exec(kOthers, key_of(name)))
      bodies.emplace_back(row[0].c_str());
  });
  return bodies;
}

std::optional<std::string> MetricsStore::own(const ProcessName& name) {
  std::optional<std::string> body;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kOwn, key_of(name));
    body = rows.empty() ? std::nullopt : std::optional<std::string>(rows[0][0].c_str());
  });
  return body;
}

MetricsWriter::MetricsWriter(MetricsStore& store, ProcessName name,
                             std::chrono::milliseconds interval)
    : store_(store), name_(std::move(name)), thread_([this, interval] { run(interval); }) {}

MetricsWriter::~MetricsWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool MetricsWriter::write() {
  try {
    store_.write(name_, metrics::registry().text(name_.labels()));
    failed_ = 0;
    return true;
  } catch (const DatabaseBusy& error) {
    // Our own load, of which nothing follows for whoever has a connection.
    log::debug("figures were not written", {{"error", error.what()}});
  } catch (const DatabaseUnavailable& error) {
    ++failed_;
    log::debug("figures were not written", {{"error", error.what()}});
  } catch (const std::exception& error) {
    log::debug("figures were not written", {{"error", error.what()}});
  }
  return false;
}

void MetricsWriter::run(std::chrono::milliseconds interval) {
  bool written = false;
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    written = write();
    lock.lock();
  } while (!changed_.wait_for(lock, interval, [this] { return stop_; }));
  lock.unlock();
  if (!written) return;  // nor can it be removed now; in a minute nobody counts it
  try {
    store_.remove(name_);
  } catch (const std::exception& error) {
    log::debug("figures were not removed", {{"error", error.what()}});
  }
}

}  // namespace runyard
