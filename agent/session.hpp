#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/cgroup.hpp"
#include "agent/channel.hpp"
#include "agent/job.hpp"
#include "agent/proof.hpp"

namespace runyard::agent {

/// The agent's life after its start: HELLO, then one job after the other, each followed by
/// cleaning.
class Session final {
 public:
  explicit Session(Channel& channel) : channel_(channel) {}

  [[noreturn]] void serve();

 private:
  void greet();
  void run(const Job& job);
  /// Runs the job's steps; empty or why the sandbox is tainted.
  std::string run_steps(const Job& job);
  void skip_step(const Job& job, std::uint16_t index, protocol::Limit limit, int error);
  /// Deletes what a run step left before the next one starts.
  void clean_after_step(uid_t uid, const std::vector<Free>& before);
  void clean(const Job& job, std::string tainted);
  uid_t next_run_uid();

  Channel& channel_;
  Cgroup cgroup_;
  Baseline baseline_;
  uid_t first_uid_ = 0;
  std::uint32_t run_steps_ = 0;
  bool tainted_ = false;
  std::vector<uid_t> leavers_;  ///< uids of this job that may own something on a tmpfs still
};

}  // namespace runyard::agent
