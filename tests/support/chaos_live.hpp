#pragma once
// People who talk to programs through a site's gateway whatever happens to it.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace runyard::test {

/// One live run, as its client knows it.
struct LiveTalk {
  std::string id;  ///< empty: nobody told it, and the run may be there or not
  bool detached = false;
  bool asked = false;     ///< for the run; else nobody can have it
  bool typed = false;     ///< the line that the program waits for may have arrived
  std::string said;       ///< output that came
  std::string output;     ///< what the program says in all, when it gets its line
  std::string status;     ///< that its client was told at the end; empty: it was not
  std::int64_t last = 0;  ///< the event that came last
};

/// One thread an owner. Each talks to one program at a time: reads a text of its own, types a line,
/// reads that again. Of three runs one is detached; to that he comes back when his connection is
/// lost, until he has seen its end. The others end with their connection.
class LiveLoad final {
 public:
  /// `gateway`: its socket.
  LiveLoad(std::string gateway, int owners);
  ~LiveLoad();
  LiveLoad(const LiveLoad&) = delete;
  LiveLoad& operator=(const LiveLoad&) = delete;

  /// Each owner ends what he is at.
  void stop();

  /// Those that were asked for and are over for their client.
  std::vector<LiveTalk> talks() const;
  /// How many runs are under way now that end with their connection.
  int attended() const { return attended_; }
  /// How many have come to a good end.
  int completed() const { return completed_; }

 private:
  void be_owner(int number);
  void talk(LiveTalk& talk, const std::string& owner);
  void converse(LiveTalk& talk, const std::string& owner);

  const std::string gateway_;
  std::atomic<bool> stop_{false};
  std::atomic<int> attended_{0};
  std::atomic<int> completed_{0};
  mutable std::mutex mutex_;
  std::vector<LiveTalk> talks_;  // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace runyard::test
