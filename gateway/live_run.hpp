#pragma once
// One live run, from its submission to its end, whatever transport its client speaks.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/live_store.hpp"
#include "gateway/caller.hpp"
#include "gateway/problem.hpp"

namespace runyard::gateway {

struct LiveContext;
class Subscription;

/// Which rules the API applies: those of the native interface, or of the older POST /execute.
enum class LiveMode { kNative, kExecute };

/// What a run tells its transport, on the run's executor.
class LiveRunListener {
 public:
  virtual ~LiveRunListener() = default;
  /// It is in the queue, or was found.
  virtual void on_started(const std::string& execution_id) = 0;
  /// The API says no, or cannot be asked; the run is over for this client. Comes instead of
  /// on_started, or (the execution was deleted meanwhile) instead of on_exit.
  virtual void on_refused(const Problem& problem) = 0;
  /// What has happened, in order, at most 64 KiB of data. The next comes only after
  /// LiveRun::events_written().
  virtual void on_events(std::vector<LiveEvent> events) = 0;
  /// It is over, and all of its events were given: the execution as GET gives it (JSON object),
  /// and the id of the last event.
  virtual void on_exit(std::string execution, std::int64_t id) = 0;
};

enum class InputOutcome {
  kTaken,
  kOver,         ///< it has ended, or takes no input
  kUnavailable,  ///< the database is away: the input may be lost
  kForbidden,    ///< the caller may look at it, and not submit
};

/// Not thread-safe: every call on the executor given to make(), where the listener is called too,
/// but never from within a call. What is under way keeps it alive.
class LiveRun : public std::enable_shared_from_this<LiveRun> {
 public:
  virtual ~LiveRun() = default;

  /// `executor` runs one thing at a time (a strand). A listener that is gone is not told.
  static std::shared_ptr<LiveRun> make(const LiveContext& context,
                                       boost::asio::any_io_executor executor, Caller caller,
                                       std::weak_ptr<LiveRunListener> listener);

  // One of the two, once.

  /// Submits `body`, a JSON object as the API knows it. Unless `detach`, leave() kills the run.
  virtual void submit(std::string body, LiveMode mode, bool detach) = 0;
  /// Follows an execution that is there, from behind the event `from`. leave() does not kill it.
  virtual void attach(std::string execution_id, std::int64_t from) = 0;

  /// The last events have been written: the client keeps up.
  virtual void events_written() = 0;

  /// Puts input into the program's queue, any size. `done` comes once it is all in; until then the
  /// caller gives no more of it, which is how a flood is slowed down.
  virtual void input(LiveInputKind kind, std::string data,
                     std::function<void(InputOutcome)> done) = 0;

  /// The client is gone: nothing more is told, and a run that is not detached is cancelled.
  /// Harmless to repeat, and after the end.
  virtual void leave() = 0;

  /// Empty until it is known.
  virtual const std::string& execution_id() const = 0;
  /// It has been started, and neither ended nor been refused.
  virtual bool running() const = 0;
};

}  // namespace runyard::gateway
