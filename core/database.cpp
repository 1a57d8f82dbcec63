#include "core/database.hpp"

#include <libpq-fe.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "core/database_busy.hpp"
#include "core/database_connection.hpp"
#include "core/errors.hpp"
#include "core/metrics.hpp"

namespace runyard {
namespace {

constexpr std::chrono::seconds kWaitForConnection{5};

using Clock = std::chrono::steady_clock;
using ParsedOptions = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// A server that shuts down or starts up answers with class 57P errors before it hangs up; 57014 is
/// a statement that it could not do within statement_timeout; with 25006 it has become a standby.
bool server_goes_away(const pqxx::sql_error& e) {
  return e.sqlstate().rfind("57P", 0) == 0 || e.sqlstate() == "57014" || e.sqlstate() == "25006";
}

/// The server answers, but has no disk (53100), memory or connections left, or cannot use its files
/// (58): as if it were away, until somebody has seen to it.
bool server_is_out_of_means(const pqxx::sql_error& e) {
  const auto kind = e.sqlstate().substr(0, 2);
  return kind == "53" || kind == "58";
}

// How long a server may be silent. It ends a statement of ours after statement_timeout; one that
// does not even do that is stopped, or its disk is, and might hold our threads for ever.
// Without a statement_timeout there is no limit: an operator's statement takes what it takes.
constexpr std::chrono::seconds kBeyondTimeout{5};
std::atomic<std::chrono::seconds> patience{std::chrono::hours(24 * 365)};

/// "10s" of "statement_timeout=10s"; 0 for every other setting.
std::chrono::seconds statement_timeout_in(const std::string& setting) {
  const std::string name = "statement_timeout=";
  if (setting.rfind(name, 0) != 0 || setting.back() != 's') return {};
  return std::chrono::seconds(std::atoi(setting.c_str() + name.size()));
}

ParsedOptions parse_options(const std::string& options, std::string& mistake) {
  char* text = nullptr;
  ParsedOptions parsed(PQconninfoParse(options.c_str(), &text), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned(text, &PQfreemem);
  if (!parsed) mistake = text ? text : "out of memory";
  return parsed;
}

std::string quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

metrics::Counter& failures(const char* reason) {
  return metrics::registry().counter(
      "runyard_database_failures_total",
      "Work that failed: no free connection in time, the connection was lost (also where a second "
      "try went well), or the server is out of disk or memory.",
      {{"reason", reason}});
}

struct DatabaseMetrics {
  metrics::Gauge& in_use = metrics::registry().gauge(
      "runyard_database_connections_in_use", "Connections of this process that are at work.");
  metrics::Histogram& time = metrics::registry().histogram(
      "runyard_database_work_seconds", "Work on a connection, without the wait for one.");
  metrics::Histogram& wait = metrics::registry().histogram(
      "runyard_database_connection_wait_seconds", "Waits for a connection of the pool.");
  metrics::Counter& busy = failures("busy");
  metrics::Counter& lost = failures("lost");
  metrics::Counter& out_of_means = failures("out_of_means");
};

DatabaseMetrics& database_metrics() {
  static DatabaseMetrics one;
  return one;
}

}  // namespace

std::string with_loss_detection(const std::string& options) {
  // A peer that vanished is noticed within 10 s, before any lease of a worker's has run out.
  // Without these the kernel goes on sending for a quarter of an hour, or waits for ever.
  std::map<std::string, std::string> values = {{"tcp_user_timeout", "10000"},
                                               {"keepalives_idle", "5"},
                                               {"keepalives_interval", "2"},
                                               {"keepalives_count", "3"}};
  std::string mistake;
  const auto parsed = parse_options(options, mistake);
  if (!parsed) return options;  // whoever connects is told
  for (const auto* option = parsed.get(); option->keyword; ++option)
    if (option->val) values[option->keyword] = option->val;
  // libpq forgets the environment's where the string has its own, which come last and win.
  const auto own = values.find("options");
  const char* defaults = std::getenv("PGOPTIONS");
  if (own != values.end() && defaults) own->second = std::string(defaults) + " " + own->second;
  std::string out;
  for (const auto& [name, value] : values)
    out += (out.empty() ? "" : " ") + name + "=" + quoted(value);
  return out;
}

struct Database::Impl {
  std::string options;
  int size;
  std::mutex mutex;
  std::condition_variable released;
  int lent = 0;                                           // under mutex
  std::vector<std::unique_ptr<DatabaseConnection>> idle;  // under mutex
  std::map<int, Clock::time_point> at_work;               // sockets, and until when; under mutex
  bool stop = false;                                      // under mutex
  std::condition_variable stopped;
  std::thread watch;

  Impl(std::string given_options, int given_size)
      : options(std::move(given_options)), size(given_size), watch([this] { watch_silence(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stop = true;
    }
    stopped.notify_all();
    watch.join();
  }

  /// libpq waits for an answer without a limit. Shut down, its socket ends that wait as a
  /// connection that was lost.
  void watch_silence() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);  // signals are for the program's own threads
    std::unique_lock lock(mutex);
    while (!stopped.wait_for(lock, std::chrono::seconds(1), [this] { return stop; })) {
      const auto now = Clock::now();
      for (auto it = at_work.begin(); it != at_work.end();) {
        const bool silent = it->second < now;
        if (silent) ::shutdown(it->first, SHUT_RDWR);
        it = silent ? at_work.erase(it) : std::next(it);
      }
    }
  }

  /// Runs `work` and watches over it.
  void watched(DatabaseConnection& connection,
               const std::function<void(DatabaseConnection&)>& work) {
    // Taken off before the socket can be closed, so that no other file is ever shut down.
    struct Entry {
      Impl& impl;
      const int socket;
      ~Entry() {
        const std::lock_guard lock(impl.mutex);
        impl.at_work.erase(socket);
      }
    } const entry{*this, connection.raw().sock()};
    {
      const std::lock_guard lock(mutex);
      at_work[entry.socket] = Clock::now() + patience.load();
    }
    work(connection);
  }

  /// nullptr: the caller may open a new one.
  std::unique_ptr<DatabaseConnection> take() {
    const auto begun = Clock::now();
    std::unique_lock lock(mutex);
    if (!released.wait_for(lock, kWaitForConnection, [&] { return lent < size; })) {
      database_metrics().busy.add();
      throw DatabaseBusy("all connections to the database are busy");
    }
    database_metrics().wait.observe(Clock::now() - begun);
    ++lent;
    if (idle.empty()) return nullptr;
    auto connection = std::move(idle.back());
    idle.pop_back();
    return connection;
  }

  void give_back(std::unique_ptr<DatabaseConnection> connection) {
    {
      const std::lock_guard lock(mutex);
      --lent;
      if (connection) idle.push_back(std::move(connection));
    }
    released.notify_one();
  }

  void forget_idle() {
    const std::lock_guard lock(mutex);
    idle.clear();
  }
};

void set_session_defaults(const std::vector<std::string>& settings) {
  // Statements here take microseconds, and plans without sequential scans look so costly that the
  // server would compile each of them anew to machine code, for a hundred milliseconds.
  //
  // The rest is the server's side of with_loss_detection(): it gives up a program that has
  // vanished, and with it what that had locked. Without a meaning on local sockets.
  std::string options =
      "-c jit=off -c tcp_user_timeout=10000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 "
      "-c tcp_keepalives_count=3";
  for (const auto& setting : settings) {
    options += " -c " + setting;
    if (const auto timeout = statement_timeout_in(setting); timeout.count() > 0)
      patience = timeout + kBeyondTimeout;
  }
  // Environment variables of libpq, since a connection string may be a URI that nothing can be
  // added to.
  ::setenv("PGCONNECT_TIMEOUT", "3", 0);
  ::setenv("PGOPTIONS", options.c_str(), 0);
}

void check_connection_string(const std::string& options) {
  std::string mistake;
  if (!parse_options(options, mistake)) throw ConfigError("db: " + one_line(mistake));
}

Database::Database(std::string options, int size) {
  check_connection_string(options);
  impl_ = std::make_unique<Impl>(std::move(options), size);
}

Database::~Database() = default;

void Database::run(const std::function<void(DatabaseConnection&)>& work) {
  auto connection = impl_->take();
  // Gives the place in the pool back however this ends; a connection that threw is not kept.
  struct Place {
    Impl& impl;
    std::unique_ptr<DatabaseConnection> kept;
    ~Place() { impl.give_back(std::move(kept)); }
  } place{*impl_, nullptr};
  const metrics::InUse in_use(database_metrics().in_use);
  const auto begun = Clock::now();

  for (int attempt = 1;; ++attempt) {
    try {
      if (!connection) connection = std::make_unique<DatabaseConnection>(impl_->options);
      impl_->watched(*connection, work);
      place.kept = std::move(connection);
      database_metrics().time.observe(Clock::now() - begun);
      return;
    } catch (const pqxx::broken_connection& e) {
      database_metrics().lost.add();
      if (attempt == 2) throw DatabaseUnavailable(one_line(e.what()));
    } catch (const pqxx::sql_error& e) {
      if (!server_goes_away(e)) {
        place.kept = std::move(connection);
        if (!server_is_out_of_means(e)) throw;
        database_metrics().out_of_means.add();
        throw DatabaseUnavailable(one_line(e.what()));
      }
      database_metrics().lost.add();
      if (attempt == 2) throw DatabaseUnavailable(one_line(e.what()));
    }
    connection.reset();
    impl_->forget_idle();  // what broke one has broken the others
  }
}

std::string array_literal(const std::vector<std::string>& texts) {
  std::string out = "{";
  for (const auto& text : texts) {
    if (out.size() > 1) out += ',';
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

}  // namespace runyard
