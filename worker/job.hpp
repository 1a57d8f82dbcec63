#pragma once
// A job for a sandbox, and what came of it. See agent/protocol.hpp for the frames.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/protocol.hpp"

namespace runyard {

struct JobFile {
  std::string name;
  std::string content;
  std::uint32_t mode = 0666;
};

struct JobStep {
  bool compile = false;
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< NAME=value
  std::string stdin_data;
  bool interactive = false;  ///< stdin is what comes while it runs, instead of stdin_data
  std::int64_t wall_ms = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t output_bytes = 0;
  std::int64_t file_bytes = 0;
  std::int64_t processes = 0;
  std::vector<std::string> collect;
  std::int64_t collect_bytes = 0;
};

/// A terminal's.
struct TtySize {
  int cols = 80;
  int rows = 24;
};

struct Job {
  std::vector<JobFile> files;
  std::vector<JobStep> steps;
  bool live = false;           ///< its output is wanted at once
  std::optional<TtySize> tty;  ///< its run steps have a terminal
};

/// A file that was asked for and did not come.
struct FileNotSent {
  std::string name;
  protocol::NotSent why{};
  std::uint64_t size = 0;  ///< of the file, where it is known
};

/// What one step did.
struct StepOutcome {
  protocol::StepEnded ended;
  std::string output;
  std::string errors;
  /// Order of arrival, as in Result::output_order. What came after kMaxOrder turns is not in it.
  std::vector<int> order;
  std::vector<JobFile> collected;
  std::vector<FileNotSent> not_sent;
};

/// Turns between the two streams that are kept of a step.
constexpr std::size_t kMaxOrder = 4096;

/// The frames of a job, ready to be written.
std::string encode_job(const Job& job, std::uint32_t number);

/// The longest that the steps may take together, without the agent's own work.
std::chrono::milliseconds longest(const Job& job);

/// Puts the answer to one job together from the agent's frames and holds it to the protocol: order,
/// numbers, and every total. An agent that lies costs its sandbox, not the worker.
class JobAnswer final {
 public:
  JobAnswer(const Job& job, std::uint32_t number);

  /// Throws protocol::ProtocolError for a frame that has no place here.
  void take(const protocol::Frame& frame);

  /// All steps have ended (or a compile step failed, or one was cancelled): what follows is CLEAN
  /// or TAINTED.
  bool steps_over() const { return steps_over_; }
  /// CLEAN or TAINTED has come.
  bool over() const { return over_; }
  /// After CLEAN: the sandbox may serve the same owner again.
  bool clean() const { return clean_; }
  const std::string& taint() const { return taint_; }
  /// One for each step that began. After the steps are over they may be taken away.
  std::vector<StepOutcome>& outcomes() { return outcomes_; }

  /// So many bytes of STDIN were sent for this job: more cannot have been taken.
  void sent_input(std::uint64_t bytes) { input_sent_ = bytes; }
  /// So many of them has the running step taken.
  std::uint64_t input_taken() const { return input_taken_; }

 private:
  StepOutcome& current(const protocol::Frame& frame);
  void begin_step(const protocol::Frame& frame);
  void append(const protocol::Frame& frame);
  void take_input(const protocol::Frame& frame);
  void end_step(const protocol::Frame& frame);
  bool may_end() const;
  void begin_artifact(const protocol::Frame& frame);
  void append_artifact(const protocol::Frame& frame);

  const Job& job_;
  const std::uint32_t number_;
  std::vector<StepOutcome> outcomes_;
  bool in_step_ = false;
  bool step_told_ = false;  // STEP_STARTED has come
  std::uint64_t input_sent_ = 0;
  std::uint64_t input_taken_ = 0;
  bool order_full_ = false;          // of the running step
  std::uint64_t artifact_left_ = 0;  // bytes of the last collected file that are still to come
  std::int64_t collected_bytes_ = 0;
  bool steps_over_ = false;
  bool over_ = false;
  bool clean_ = false;
  std::string taint_;
};

}  // namespace runyard
