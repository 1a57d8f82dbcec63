#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/cgroup.hpp"
#include "agent/channel.hpp"
#include "agent/job.hpp"
#include "agent/job_tree.hpp"
#include "agent/proof.hpp"
#include "agent/reserve.hpp"

namespace runyard::agent {

/// The agent's life after its start: HELLO, then one job after the other, each followed by
/// cleaning.
class Session final {
 public:
  explicit Session(Channel& channel) : channel_(channel) {}

  [[noreturn]] void serve();

 private:
  void greet();
  /// Tells the reader what there is memory for.
  void expect_job();
  void run(const Job& job);
  /// Runs the job's steps; empty or why the sandbox is tainted.
  std::string run_steps(const Job& job);
  void skip_step(const Job& job, std::uint16_t index, protocol::Limit limit, int error,
                 std::uint64_t needed_bytes = 0);
  /// Writes the job's files; empty or why the job's first step cannot be run, which is then told.
  std::string prepare(const Job& job);
  /// Deletes what a run step left, and proves that nothing is left. Empty, or why nothing may
  /// follow it here.
  std::string clean_after_run(const Job& job, uid_t uid);
  void clean(const Job& job, std::string tainted);
  uid_t next_run_uid();

  Channel& channel_;
  Cgroup cgroup_;
  Reserve reserve_;
  Baseline baseline_;
  JobTree tree_{baseline_.folders()};
  uid_t first_uid_ = 0;
  std::uint32_t run_steps_ = 0;
  bool tainted_ = false;
};

}  // namespace runyard::agent
