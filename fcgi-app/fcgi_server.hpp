#pragma once
// The one door to libfcgi: threads that accept FastCGI requests on a listening socket.
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/unique_fd.hpp"
#include "fcgi-app/http.hpp"

namespace runyard {

class EventServer;
class FcgiRequest;

struct FcgiServerOptions {
  int listen_fd =
      0;  ///< listening, perhaps shared with other processes; becomes non-blocking; not owned
  int threads = 1;
  std::size_t max_body_bytes = 0;  ///< a larger body is read off and reported, not kept
  /// Gets the connections whose answer is a stream. nullptr: the handler makes none.
  EventServer* events = nullptr;
  /// What large answers may hold. nullptr: any number of them.
  AnswerRoom* room = nullptr;
  /// Who takes nothing of an answer for so long does not get the rest.
  std::chrono::milliseconds patience{30'000};
};

/// Serves from construction on. One request a connection: a kept connection would pin its thread.
///
/// A thread writes only what a socket takes at once. Larger answers are given to one thread that
/// writes all of them, in pieces and as their clients take them: a slow reader holds no thread.
///
/// One thread at a time, the leader, sleeps until a connection is there; then it hands the lead on
/// and serves that connection itself. So no connection waits for a thread that was woken for it but
/// is busy with another, and stop() has one place to interrupt.
class FcgiServer final {
 public:
  /// Called on many threads at once; should not throw (the client then gets no answer).
  using Handler = std::function<Response(Request&)>;

  /// Throws std::system_error.
  FcgiServer(const FcgiServerOptions& options, Handler handler);
  /// Stops and waits for the requests under way.
  ~FcgiServer();
  FcgiServer(const FcgiServer&) = delete;
  FcgiServer& operator=(const FcgiServer&) = delete;

  /// Accepts no more. Connections that wait in the socket are left to the other processes.
  void stop();
  /// True when every request was answered, and taken, before the time was over. After stop().
  bool wait_until_idle(std::chrono::milliseconds time);

 private:
  void serve();
  bool wait_for_connection();
  bool answer(FcgiRequest& fcgi, const Request& request, Response response);

  const FcgiServerOptions options_;
  const Handler handler_;
  UniqueFd stop_event_;
  UniqueFd epoll_;
  std::mutex lead_;  // held by the leader
  std::mutex mutex_;
  std::condition_variable changed_;
  int running_ = 0;                      // threads that have not ended; under mutex_
  std::unique_ptr<EventServer> bodies_;  // writes large answers
  std::vector<std::thread> threads_;
};

/// True when the descriptor is a listening socket.
bool is_listening_socket(int fd);

}  // namespace runyard
