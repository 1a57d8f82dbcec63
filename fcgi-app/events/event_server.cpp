#include "fcgi-app/events/event_server.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <system_error>
#include <utility>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "fcgi-app/events/event_format.hpp"
#include "fcgi-app/events/fcgi_records.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostAtOnce = 64 * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

struct EventServer::Connection {
  UniqueFd fd;
  int request_id = 0;
  std::shared_ptr<BodyStream> stream;
  std::string pending{};  ///< records that are to be sent, from `sent` on
  std::size_t sent = 0;
  bool due = true;           ///< the stream may have something
  bool over = false;         ///< nothing follows `pending`
  bool blocked = false;      ///< the socket takes nothing now
  Clock::time_point taken;   ///< when the client last took something, or had taken everything
  Clock::time_point behind;  ///< since when there is something that it has not taken
  Clock::time_point begun;

  std::size_t left() const { return pending.size() - sent; }
};

EventServer::EventServer(EventServerOptions options)
    : options_(std::move(options)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      next_look_(options_.now() + options_.look_interval) {
  if (!epoll_) fail("epoll_create1");
  if (!wake_event_) fail("eventfd");
  epoll_event wake{};
  wake.events = EPOLLIN;
  wake.data.fd = wake_event_.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_event_.get(), &wake) < 0) fail("epoll_ctl");
  thread_ = std::thread([this] { run(); });
}

EventServer::~EventServer() {
  stop();
  thread_.join();
}

void EventServer::wake() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full: the thread is then about to wake anyway.
  static_cast<void>(::write(wake_event_.get(), &one, sizeof(one)));
}

void EventServer::add(UniqueFd fd, int request_id, const std::string& head,
                      std::shared_ptr<BodyStream> stream) {
  Connections one;
  auto& connection = one.emplace_back();
  connection.fd = std::move(fd);
  connection.request_id = request_id;
  connection.stream = std::move(stream);
  connection.taken = connection.behind = connection.begun = options_.now();
  append_output(connection.pending, request_id, head);
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) {
      ++listened_[connection.stream->execution_id()];
      added_.splice(added_.end(), one);
    }
  }
  if (one.empty()) return wake();
  append_end_of_request(connection.pending, request_id);
  // A socket that nothing was written to takes this much.
  static_cast<void>(::send(connection.fd.get(), connection.pending.data(),
                           connection.pending.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

void EventServer::notify(const std::string& execution_id) {
  {
    const std::lock_guard lock(mutex_);
    if (listened_.count(execution_id) == 0) return;
    if (!news_.insert(execution_id).second) return;  // it is awake already
  }
  wake();
}

void EventServer::notify_all() {
  {
    const std::lock_guard lock(mutex_);
    news_of_all_ = true;
  }
  wake();
}

void EventServer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake();
}

std::size_t EventServer::connections() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [id, listeners] : listened_) count += static_cast<std::size_t>(listeners);
  return count;
}

EventServer::Connections::iterator EventServer::drop(Connections::iterator connection) {
  pending_ -= connection->left();
  by_fd_.erase(connection->fd.get());
  {
    const std::lock_guard lock(mutex_);
    const auto& id = connection->stream->execution_id();
    const auto held = listened_.find(id);
    if (--held->second == 0) {
      news_.erase(id);
      listened_.erase(held);
    }
  }
  return connections_.erase(connection);  // closing takes it out of the epoll
}

/// Takes in what the other threads left.
void EventServer::take_news() {
  Connections added;
  std::unordered_set<std::string> news;
  bool news_of_all = false;
  {
    const std::lock_guard lock(mutex_);
    added.splice(added.end(), added_);
    news.swap(news_);
    std::swap(news_of_all, news_of_all_);
  }
  for (auto& connection : connections_)
    if (news_of_all || news.count(connection.stream->execution_id()) != 0) connection.due = true;
  for (auto connection = added.begin(); connection != added.end(); ++connection) {
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLRDHUP;
    wanted.data.fd = connection->fd.get();
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wanted.data.fd, &wanted) < 0)
      log::error("cannot watch a listener", {{"errno", errno}});  // a failed write will tell
    by_fd_.emplace(connection->fd.get(), connection);
    pending_ += connection->left();
  }
  connections_.splice(connections_.end(), added);
}

/// Whether the epoll tells when the socket takes something.
void EventServer::wait_for_room(Connection& connection, bool wait) {
  if (connection.blocked == wait) return;
  connection.blocked = wait;
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLRDHUP;
  if (wait) wanted.events |= EPOLLOUT;
  wanted.data.fd = connection.fd.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, wanted.data.fd, &wanted) < 0)
    log::error("cannot watch a listener", {{"errno", errno}});
}

void EventServer::handle(const Connections::iterator& connection, unsigned events) {
  bool gone = (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0;
  if (!gone && (events & EPOLLIN) != 0) {
    // Nothing more is expected of a request that was read; what comes is thrown away.
    std::array<char, 4096> ignored;  // NOLINT: only written to
    const auto got = ::recv(connection->fd.get(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  }
  if (gone)
    drop(connection);
  else if ((events & EPOLLOUT) != 0)
    wait_for_room(*connection, false);
}

/// Sends what the socket takes, within the bound for one turn. False: the client is gone.
bool EventServer::send_some(Connection& connection, Clock::time_point now) {
  const auto size = std::min(connection.left(), kMostAtOnce);
  const auto sent = ::send(connection.fd.get(), connection.pending.data() + connection.sent, size,
                           MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno == EINTR) return true;
  if (sent < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
    wait_for_room(connection, true);
    return true;
  }
  connection.taken = now;
  connection.sent += static_cast<std::size_t>(sent);
  pending_ -= static_cast<std::size_t>(sent);
  if (connection.left() == 0) {
    connection.pending = std::string();  // gives the memory back
    connection.sent = 0;
  }
  return true;
}

void EventServer::read_stream(Connection& connection, Clock::time_point now) {
  try {
    auto part = connection.stream->read();
    connection.due = part.more;
    connection.over = part.over;
    append_output(connection.pending, connection.request_id, part.bytes);
    if (part.over) append_end_of_request(connection.pending, connection.request_id);
    pending_ += connection.left();
    room_ -= std::min(room_, connection.left());
    connection.taken = connection.behind = now;
  } catch (const DatabaseUnavailable& error) {
    log::warn("listeners wait for the database", {{"error", error.what()}});
    read_again_ = now + 1s;
  }
}

/// Nothing is left to be sent, and its stream has more.
bool EventServer::wants_more(const Connection& connection, Clock::time_point now) const {
  return connection.left() == 0 && connection.due && !connection.over && now >= read_again_;
}

/// One turn of one connection. False: it is to be dropped.
bool EventServer::advance(Connection& connection, Clock::time_point now) {
  if (connection.blocked) return true;
  try {
    if (room_ > 0 && wants_more(connection, now)) read_stream(connection, now);
    if (connection.left() > 0 && !send_some(connection, now)) return false;
  } catch (const std::exception& error) {
    log::error("events of an execution end",
               {{"execution", connection.stream->execution_id()}, {"error", error.what()}});
    return false;
  }
  return connection.left() > 0 || !connection.over;
}

/// A stream gives up to a whole result at once, so turns stop reading at half of the bound. Who is
/// blocked leaves the others theirs: or those who take nothing would hold up everybody.
void EventServer::measure_room() {
  room_ = options_.max_pending / 2;
  for (const auto& connection : connections_)
    if (!connection.blocked) room_ -= std::min(room_, connection.left());
}

void EventServer::advance_all(Clock::time_point now) {
  measure_room();
  for (auto connection = connections_.begin(); connection != connections_.end();)
    connection = advance(*connection, now) ? std::next(connection) : drop(connection);
  keep_within_memory(now);
}

void EventServer::keep_within_memory(Clock::time_point now) {
  while (pending_ > options_.max_pending) {
    // A second for all, or of those that came in this turn none would cost anything.
    const auto cost = [now](const Connection& one) {
      const std::chrono::duration<double> held = now - one.behind + 1s;
      return static_cast<double>(one.left()) * held.count();
    };
    const auto most = std::max_element(
        connections_.begin(), connections_.end(),
        [cost](const Connection& a, const Connection& b) { return cost(a) < cost(b); });
    log::warn("a client that took too little was dropped",
              {{"execution", most->stream->execution_id()}, {"bytes", most->left()}});
    drop(most);
  }
}

/// Asks the database about everybody who waits, in one statement.
void EventServer::look(Clock::time_point now) {
  next_look_ = now + options_.look_interval;
  std::unordered_map<std::string, std::vector<Connection*>> waiting;
  for (auto& connection : connections_)
    if (!connection.due && !connection.over)
      waiting[connection.stream->execution_id()].push_back(&connection);
  if (waiting.empty()) return;
  std::vector<std::string> ids;
  for (const auto& [id, listeners] : waiting) ids.push_back(id);
  try {
    for (const auto& state : options_.states(ids))
      for (auto* connection : waiting[state.execution_id])
        if (connection->stream->is_behind(state)) connection->due = true;
  } catch (const std::exception& error) {
    log::warn("cannot look for events", {{"error", error.what()}});
  }
}

void EventServer::on_tick(Clock::time_point now) {
  for (auto connection = connections_.begin(); connection != connections_.end();) {
    const auto quiet = now - connection->taken;
    // Only who was offered something: this thread may have been held up itself.
    const bool late = options_.longest.count() > 0 && now - connection->begun >= options_.longest;
    if (connection->blocked && (quiet >= options_.patience || late)) {
      log::info("a client that takes too little was dropped",
                {{"execution", connection->stream->execution_id()}});
      connection = drop(connection);
      continue;
    }
    if (connection->left() == 0 && !connection->over && quiet >= options_.comment_interval) {
      append_output(connection->pending, connection->request_id, kStreamComment);
      pending_ += connection->left();
    }
    ++connection;
  }
  if (now >= next_look_) look(now);
}

bool EventServer::has_work(Clock::time_point now) const {
  return std::any_of(connections_.begin(), connections_.end(), [&](const Connection& connection) {
    if (connection.blocked) return false;
    return connection.left() > 0 || (connection.due && !connection.over && now >= read_again_);
  });
}

/// Completes what is under way, so that no client sees half an event from a server that stops.
void EventServer::end_all() {
  for (auto& connection : connections_) {
    if (!connection.over) {
      const auto before = connection.left();
      append_end_of_request(connection.pending, connection.request_id);
      pending_ += connection.left() - before;
      connection.over = true;
    }
  }
  for (const auto deadline = Clock::now() + 1s; !connections_.empty() && Clock::now() < deadline;) {
    for (auto connection = connections_.begin(); connection != connections_.end();) {
      const bool stays = send_some(*connection, Clock::now()) && connection->left() > 0;
      connection = stays ? std::next(connection) : drop(connection);
    }
    if (!connections_.empty()) std::this_thread::sleep_for(5ms);
  }
  while (!connections_.empty()) drop(connections_.begin());
}

void EventServer::run() {
  const auto tick = std::min({options_.look_interval, options_.comment_interval, options_.patience,
                              std::chrono::milliseconds(1000)});
  auto next_tick = options_.now();
  for (;;) {
    const bool busy = has_work(options_.now());
    std::array<epoll_event, 64> events{};
    const int timeout = busy ? 0 : connections_.empty() ? -1 : static_cast<int>(tick.count());
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
    for (int i = 0; i < count; ++i) {
      const auto& event = events.at(static_cast<std::size_t>(i));
      if (event.data.fd == wake_event_.get()) {
        std::uint64_t times = 0;
        static_cast<void>(::read(wake_event_.get(), &times, sizeof(times)));
      } else if (const auto found = by_fd_.find(event.data.fd); found != by_fd_.end()) {
        handle(found->second, event.events);
      }
    }
    take_news();
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) break;
    }
    const auto now = options_.now();
    if (now >= next_tick) {
      on_tick(now);
      next_tick = now + tick;
    }
    advance_all(now);
  }
  end_all();
}

}  // namespace runyard
