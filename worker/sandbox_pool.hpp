#pragma once
// The sandboxes of one worker: fresh ones held ready, and used ones kept for their owner.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "worker/docker_command.hpp"
#include "worker/sandbox.hpp"
#include "worker/tenant.hpp"

namespace runyard {

struct PoolSettings {
  int max_sandboxes = 40;  ///< all of them; the memory cap divided by what an idle one costs
  int creators = 2;        ///< containers that are started at the same time
  int max_jobs = 1000;     ///< of one sandbox
  std::chrono::seconds max_age{600};
  std::chrono::seconds max_idle{120};
  std::chrono::milliseconds start_deadline{30'000};
  /// KiB that what runs at a time may ask for together; 0: not bounded. Live runs have half of it.
  std::int64_t memory_kb = 0;
};

/// Makes sandboxes: the real one starts a container. The index (0..) is unique among living
/// sandboxes.
using SandboxFactory = std::function<std::unique_ptr<Sandbox>(const SandboxClass&, int index)>;

/// A sandbox on loan. Giving it back says whether it may serve its tenant again.
struct SandboxLoan {
  std::unique_ptr<Sandbox> sandbox;
  bool reused = false;
  int index = -1;
  bool live = false;  ///< of a live run
};

/// Who borrows.
struct Borrower {
  const StopSignal* stop = nullptr;  ///< when it is told, nobody waits for memory any more
  bool live = false;                 ///< a live run: it may think for minutes
};

/// Thread-safe. Its creator threads start containers; borrowers wait for them.
class SandboxPool final {
 public:
  SandboxPool(PoolSettings settings, SandboxFactory factory);
  /// Destroys every sandbox; loans must have been given back.
  ~SandboxPool();
  SandboxPool(const SandboxPool&) = delete;
  SandboxPool& operator=(const SandboxPool&) = delete;

  /// How many fresh sandboxes of each class to hold ready. Those of classes that are not named any
  /// more (an image was built anew) are destroyed.
  void keep_warm(std::map<SandboxClass, int> targets);

  /// This tenant's own sandbox where `reuse` allows it, else a fresh one, else a new one as soon as
  /// it can be made. Throws SandboxError when none came by the deadline. Before that it waits, for
  /// as long as it takes, until the sandbox's memory is free: in the order of coming, so that a
  /// large one has its turn, too. What asks for more than there ever is runs alone. Whoever borrows
  /// must hold no other loan.
  SandboxLoan borrow(const SandboxClass& sandbox_class, const Tenant& tenant, bool reuse,
                     std::chrono::steady_clock::time_point deadline, const Borrower& who = {});

  /// `clean`: proved to hold nothing of its last job, and that job hit no limit.
  void give_back(SandboxLoan loan, const Tenant& tenant, bool clean);

  /// Fresh sandboxes and parked ones that wait.
  int idle() const;
  /// How many there are of each kind.
  struct Counts {
    int ready = 0;   ///< fresh ones
    int parked = 0;  ///< used ones that wait for their owner
    int lent = 0;
    int starting = 0;
    std::int64_t lent_kb = 0;  ///< what those at work may use together
    int await_memory = 0;      ///< borrowers
  };
  Counts counts() const;
  /// False while the engine fails to start containers and nothing is ready: claim nothing.
  bool healthy() const;

  /// Destroys what is too old, idle for too long, dead or of no use. Called about once a second.
  void tidy();

 private:
  /// What is lent of the memory, of one kind: all of it, or what live runs may have.
  struct Memory {
    std::int64_t lent_kb = 0;
    std::list<const Borrower*> queue;  // the first one is next
  };
  void await_memory(std::unique_lock<std::mutex>& lock, std::int64_t kb, const Borrower& who);
  bool await_turn(std::unique_lock<std::mutex>& lock, Memory& memory, std::int64_t kb,
                  std::int64_t most_kb, const Borrower& who);
  void free_memory(std::int64_t kb, bool live);  // under mutex_

  struct Fresh {
    std::unique_ptr<Sandbox> sandbox;
    int index;
  };
  struct Parked {
    std::unique_ptr<Sandbox> sandbox;
    int index;
    Tenant tenant;
    std::chrono::steady_clock::time_point since;
  };

  void create_until_stopped();
  bool next_to_create(SandboxClass& out) const;                 // under mutex_
  int take_index();                                             // under mutex_
  std::unique_ptr<Sandbox> evict_one();                         // under mutex_
  int total() const;                                            // under mutex_
  std::chrono::steady_clock::time_point allowed_after() const;  // under mutex_

  const PoolSettings settings_;
  const SandboxFactory factory_;
  mutable std::mutex mutex_;
  std::condition_variable created_;  // something became ready, or failed
  std::condition_variable wanted_;   // a creator may have work
  std::condition_variable memory_freed_;
  Memory memory_;                        // under mutex_, as all below
  Memory live_memory_;                   // the part of it that live runs have
  std::map<SandboxClass, int> targets_;  // under mutex_, as all below
  std::map<SandboxClass, std::list<Fresh>> fresh_;
  std::list<Parked> parked_;             // the longest unused first
  std::map<SandboxClass, int> waiting_;  // borrowers
  std::map<SandboxClass, int> creating_;
  std::set<int> indexes_;  // of living sandboxes
  int last_index_ = -1;
  int lent_ = 0;
  int failures_ = 0;  // in a row
  std::chrono::steady_clock::time_point last_failure_;
  std::string last_error_;
  bool stop_ = false;
  std::vector<std::thread> creators_;
};

}  // namespace runyard
