#pragma once
// One thread for everybody who listens.
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/unique_fd.hpp"
#include "fcgi-app/events/event_stream.hpp"

namespace runyard {

struct EventServerOptions {
  /// How far executions are; may throw DatabaseUnavailable.
  std::function<std::vector<LiveState>(const std::vector<std::string>&)> states;
  /// It looks by itself this often, should a notification be lost.
  std::chrono::milliseconds look_interval{2000};
  /// A quiet connection gets a comment.
  std::chrono::milliseconds comment_interval{15'000};
  /// Who takes nothing for so long is dropped.
  std::chrono::milliseconds patience{60'000};
  /// Who has not taken everything after so long is dropped as well; 0: whenever.
  std::chrono::milliseconds longest{0};
  /// What all clients together have not taken yet. Beyond it the one is dropped whose bytes, by the
  /// time since they have not all been taken, cost most, so that those who take next to nothing
  /// for long do not push out one whose result is larger and who has just come: who is dropped
  /// comes back and goes on where they were.
  std::size_t max_pending = 64 * 1024 * 1024;
  /// Tests put another one in its place.
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

/// Writes the FastCGI answers of connections that their threads gave away. Never blocks on a
/// client: it writes to sockets that take something, to one after the other, and asks a stream for
/// more only when all it gave was taken. Reads the database on this thread, one connection's need
/// after the other's, so that listeners together never hold more than one database connection.
class EventServer final {
 public:
  using Clock = std::chrono::steady_clock;

  explicit EventServer(EventServerOptions options);
  /// Ends all connections, waiting at most a second for those that have not taken everything.
  ~EventServer();
  EventServer(const EventServer&) = delete;
  EventServer& operator=(const EventServer&) = delete;

  /// Takes over a connection whose request was read. `head` goes out before the stream.
  void add(UniqueFd fd, int request_id, const std::string& head,
           std::shared_ptr<BodyStream> stream);

  /// There is something new of that execution, or of any.
  void notify(const std::string& execution_id);
  void notify_all();

  /// Ends all connections soon, and later ones at once.
  void stop();

  /// Connections now.
  std::size_t connections() const;

 private:
  struct Connection;
  using Connections = std::list<Connection>;

  void run();
  void wake();
  void take_news();
  void handle(const Connections::iterator& connection, unsigned events);
  bool advance(Connection& connection, Clock::time_point now);
  bool send_some(Connection& connection, Clock::time_point now);
  bool wants_more(const Connection& connection, Clock::time_point now) const;
  void read_stream(Connection& connection, Clock::time_point now);
  void wait_for_room(Connection& connection, bool wait);
  void measure_room();
  void advance_all(Clock::time_point now);
  void on_tick(Clock::time_point now);
  void look(Clock::time_point now);
  void keep_within_memory(Clock::time_point now);
  void end_all();
  Connections::iterator drop(Connections::iterator connection);
  bool has_work(Clock::time_point now) const;

  const EventServerOptions options_;
  UniqueFd epoll_;
  UniqueFd wake_event_;

  // Of the thread.
  Connections connections_;
  std::unordered_map<int, Connections::iterator> by_fd_;
  std::size_t pending_ = 0;  ///< bytes of all connections
  std::size_t room_ = 0;     ///< bytes that may still be read in this turn
  Clock::time_point next_look_;
  Clock::time_point read_again_;  ///< no reads before: the database was away

  mutable std::mutex mutex_;
  bool stopped_ = false;                           // under mutex_
  Connections added_;                              // under mutex_
  std::unordered_map<std::string, int> listened_;  // under mutex_; how many to each execution
  std::unordered_set<std::string> news_;           // under mutex_; of executions listened to
  bool news_of_all_ = false;                       // under mutex_
  std::thread thread_;
};

}  // namespace runyard
