#pragma once
// Between the database's queue and the slots: claims when there is room, records what is finished.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/unique_fd.hpp"
#include "core/work_queue.hpp"
#include "worker/holdings.hpp"

namespace runyard {

struct QueueLoopSettings {
  int slots = 2;
  /// Claimed beyond the slots, so that a slot need not wait for a commit; only while runs are
  /// short.
  int prefetch = 1;
  std::chrono::milliseconds poll{1000};  ///< the safety net under NOTIFY
  /// Live runs at one time. They have slots of their own: people who think before they type take
  /// none from the queue.
  int live_slots = 0;
  /// What was claimed and has waited longer than this for a slot is given back, since another
  /// worker may be idle.
  std::chrono::milliseconds stuck{300};
  /// Percent of the slots (at least one) that one owner may hold while somebody else's execution
  /// waits. Alone, an owner may use all.
  int owner_share = 50;
  /// An execution with several tests that has run for so long gives its slot, between two of them,
  /// to one of another owner that waits; it goes on when others had it for as long, or sooner.
  std::chrono::milliseconds turn{2000};
  /// Executions that wait for their next turn, at most; -1: as many as there are slots.
  int max_parked = -1;
};

/// One thread of its own talks to the database; slots talk to this. Thread-safe.
class QueueLoop final {
 public:
  /// `images`: what may be claimed now, by what it needs; an empty list claims nothing (docker is
  /// sick).
  QueueLoop(WorkQueue& queue, Holdings& holdings, QueueLoopSettings settings,
            std::function<std::vector<std::string>()> images);
  ~QueueLoop();
  QueueLoop(const QueueLoop&) = delete;
  QueueLoop& operator=(const QueueLoop&) = delete;

  /// The next claim for a slot, of the live ones or the others; waits for one. nullopt: the worker
  /// stops.
  std::optional<Claim> next(bool live = false);

  /// Whether this execution has run for a turn while another owner's waits. Cheap.
  bool turn_over(const Claim& claim) const;
  /// Gives the slot of a running execution to others and waits for its next turn, on a thread of
  /// its own. Returns at once when it is stopped, when too many wait so already or when nobody else
  /// does.
  void give_up_slot(const Claim& claim, StopSignal& stop);
  /// Threads that run ordinary executions: those of the slots, and those that wait for a turn.
  int threads() const { return settings_.slots + max_parked(); }

  /// A slot is done: the result is recorded soon, and kept until it is (or the lease is another's).
  void finished(Finished finished);
  /// A slot failed for our own reasons: somebody shall try again.
  void released(const Claim& claim);
  /// A slot dropped an execution whose lease is lost.
  void dropped(const Claim& claim);

  /// Look at the queue now: a NOTIFY came.
  void wake();
  /// The database was away: look now, and do not trust that it still knows that we are idle.
  void reconnected();

  /// Stops claiming and gives back what has not begun. What runs goes on.
  void drain();
  /// The same for a while: until pause(false).
  void pause(bool paused);
  /// It is paused, and nothing that it claimed before is on its way or waits for a slot.
  bool quiet() const;
  /// Ends next() for every slot, gives back everything that was not recorded.
  void stop();

  int running() const { return busy_ + busy_live_; }
  /// Without the live runs, which take none of the slots that a worker tells of.
  int busy_slots() const { return busy_; }
  /// Executions that gave their slot back and wait for another turn.
  int parked() const;

 private:
  using Ready = std::deque<std::pair<Claim, std::chrono::steady_clock::time_point>>;
  struct Begun {
    std::string owner;
    std::chrono::steady_clock::time_point since;
    std::chrono::steady_clock::time_point turn_began;
    bool turn_over = false;
  };
  struct Parked {
    std::pair<std::string, int> attempt;
    Begun begun;
    std::chrono::steady_clock::time_point since;
    std::chrono::steady_clock::time_point
        due;                   // it had its slot for as long as it waits until then
    UniqueFd event;            // readable when it has a slot again
    bool passed_over = false;  // others were looked for since it waits
    bool granted = false;
  };

  void loop();
  void serve();  // one round with the database; throws DatabaseUnavailable
  void record(const std::vector<Finished>& batch, int want, int want_live,
              const std::vector<std::string>& images);
  void admit(std::vector<Claim> claims);
  void give_turns(const std::vector<std::string>& images);
  void end_turns(const std::vector<std::string>& images);
  void grant(Parked& parked);  // under mutex_
  int free_slots() const;      // under mutex_
  int max_parked() const {
    return settings_.max_parked < 0 ? settings_.slots : settings_.max_parked;
  }
  std::list<Parked>::iterator oldest_parked();  // that has no slot yet; under mutex_
  std::chrono::steady_clock::duration until_next_look() const;  // under mutex_
  int claim_past_full_owners(int want, const std::vector<std::string>& images);
  void exchange_excess(std::vector<Claim>& claims, const std::vector<std::string>& images);
  std::vector<Claim> look_past(int want, const std::vector<std::string>& images,
                               const std::vector<std::string>& owners);
  void hand_back_unbegun();
  void set_idle(bool idle);
  int room() const;                                     // under mutex_
  int live_room() const;                                // under mutex_
  int share() const;                                    // slots of one owner while others wait
  std::map<std::string, int> held_by_owner() const;     // ordinary ones; under mutex_
  std::vector<std::string> full_owners() const;         // under mutex_
  Ready::iterator next_ready(Ready& ready);             // under mutex_
  void leave_slot(const std::string& id, int attempt);  // under mutex_

  WorkQueue& queue_;
  Holdings& holdings_;
  const QueueLoopSettings settings_;
  const std::function<std::vector<std::string>()> images_;

  mutable std::mutex mutex_;
  std::condition_variable for_loop_;
  std::condition_variable for_slots_;
  std::condition_variable for_live_slots_;
  Ready ready_;       // under mutex_, as all below
  Ready ready_live_;  // live runs
  std::vector<Finished> finished_;
  std::vector<Claim> released_;
  bool woken_ = true;
  bool idle_forgotten_ = false;  // the table of idle workers may have been lost in a crash
  bool draining_ = false;
  bool paused_ = false;
  bool claiming_ = false;  // a claim is on its way
  bool stopping_ = false;
  std::chrono::steady_clock::duration last_run_{std::chrono::hours(1)};
  std::map<std::pair<std::string, int>, Begun> begun_;  // by id and attempt
  std::list<Parked> parked_;                            // the longest first
  std::set<std::pair<std::string, int>> begun_live_;    // likewise, of live runs
  std::atomic<int> busy_{0};
  std::atomic<int> busy_live_{0};
  std::string last_owner_;  // of a worker with one slot: who had it
  bool idle_ = false;       // as the database has it; by the loop's thread alone, as the next three
  std::chrono::steady_clock::time_point idle_since_;    // when the flag was last written
  std::chrono::steady_clock::time_point look_again_{};  // for others than full owners, see there
  std::vector<Claim> unbegun_;  // to be handed back; held until the database has it
  std::thread thread_;
};

}  // namespace runyard
