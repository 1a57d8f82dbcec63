#pragma once
#include <string_view>

#include "agent/job_reader.hpp"
#include "agent/out_queue.hpp"

namespace runyard::agent {

/// Kills every process of the sandbox and ends the agent, and with it the container.
[[noreturn]] void leave(int exit_code);

/// The two descriptors that lead to the worker. Its end, or a frame out of order, ends the agent.
class Channel final {
 public:
  Channel(int in, int out) : in_(in), out_(out) {}

  int in() const { return in_; }
  OutQueue& out() { return out_; }
  JobReader& reader() { return reader_; }

  /// One read, which may wait, and all that follows from it.
  void receive();
  /// Writes all that is queued, or leaves.
  void flush();
  void flush_some();
  /// Tells the worker why this sandbox cannot serve, and leaves.
  [[noreturn]] void refuse(std::string_view why);

 private:
  int in_;
  OutQueue out_;
  JobReader reader_;
};

}  // namespace runyard::agent
