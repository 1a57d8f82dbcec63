#pragma once
// The executions that run here, as those see them who follow them or type into them.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/live_store.hpp"
#include "worker/job_input.hpp"
#include "worker/live_feed.hpp"
#include "worker/live_publisher.hpp"

namespace runyard {

/// The database, as LiveStore has it.
struct LiveTables {
  LivePublisher::Publish publish;
  std::function<std::vector<LiveInput>(const std::string& id, std::int64_t after)> read;
  std::function<void(const std::string& id, std::int64_t up_to)> forget;
  std::function<void()> tidy;
  std::function<bool(const std::string& id)> followed;
};
LiveTables live_tables(LiveStore& store);

/// Thread-safe. One thread of its own reads what is typed and who is followed: when it is told that
/// something came, and input now and then by itself as long as there is somebody to type for.
class LiveRuns final {
 public:
  explicit LiveRuns(LiveTables tables);
  ~LiveRuns();
  LiveRuns(const LiveRuns&) = delete;
  LiveRuns& operator=(const LiveRuns&) = delete;

  /// One running attempt. Ending it publishes what is left of its output.
  class Run final {
   public:
    Run(LiveRuns& runs, std::shared_ptr<LiveFeed> feed) : runs_(runs), feed_(std::move(feed)) {}
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    LiveFeed& feed() { return *feed_; }
    /// From now on what is typed into it is read. `first` is typed before.
    JobInput& type_into(std::string first, bool tty);
    /// Before the result is recorded: all output is published, if it can be.
    void flush();

   private:
    LiveRuns& runs_;
    std::shared_ptr<LiveFeed> feed_;
    std::shared_ptr<JobInput> input_;
    bool flushed_ = false;
  };

  std::unique_ptr<Run> begin(const std::string& id, int attempt, bool followed);

  /// Somebody says that somebody follows this execution, or has typed into it; unless it is another
  /// worker's. It is looked up.
  void told(const std::string& id);
  /// Its row says that somebody follows it.
  void follow(const std::string& id);
  /// The notifications of a while may be lost.
  void look_again();
  /// Removes what nobody will read any more. Called about once a minute.
  void tidy() { tables_.tidy(); }

 private:
  struct Entry {
    std::shared_ptr<LiveFeed> feed;
    std::shared_ptr<JobInput> input;
    std::int64_t forgotten = 0;  // input up to here; by the reading thread alone
    bool due = true;             // input is to be looked for
    bool asked = false;          // whether somebody follows it is to be looked up
  };

  /// What is to be looked at, and whether that somebody follows it, too.
  struct Work {
    std::string id;
    std::shared_ptr<Entry> entry;
    std::shared_ptr<JobInput> input;
    bool asked;
  };

  std::shared_ptr<JobInput> add_input(const LiveFeed& feed, std::string first, bool tty);
  void end(const std::shared_ptr<LiveFeed>& feed);
  void look_at(const std::string& id);
  void read();
  /// False when the database is away.
  bool serve(const Work& work);
  void read_input(const Work& work);

  const LiveTables tables_;
  LivePublisher publisher_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // by id; under mutex_, as all below
  // Told before they began here: a claim's answer and a notification are on the way together.
  std::deque<std::string> early_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace runyard
