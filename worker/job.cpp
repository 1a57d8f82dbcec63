#include "worker/job.hpp"

#include <signal.h>

#include <algorithm>

#include "core/json.hpp"
#include "core/stored_json.hpp"

namespace runyard {
namespace {

using protocol::FrameType;
using protocol::ProtocolError;

constexpr std::size_t kMaxTaint = 200;

void write_step(json::Writer& writer, const JobStep& step) {
  writer.begin_object().member("kind", step.compile ? "compile" : "run");
  stored::put_texts(writer, "argv", step.argv);
  stored::put_texts(writer, "env", step.environment);
  writer.member("stdin_size", static_cast<std::int64_t>(step.stdin_data.size()));
  writer.member("interactive", step.interactive);
  writer.member("wall_ms", step.wall_ms).member("cpu_ms", step.cpu_ms);
  writer.member("output_bytes", step.output_bytes).member("file_bytes", step.file_bytes);
  writer.member("processes", step.processes).member("address_space_bytes", 0);
  stored::put_texts(writer, "collect", step.collect);
  writer.member("collect_bytes", step.collect_bytes).end_object();
}

}  // namespace

std::string encode_job(const Job& job, std::uint32_t number) {
  json::Writer writer;
  writer.begin_object().key("files").begin_array();
  std::size_t blob_bytes = 0;
  for (const auto& file : job.files) {
    writer.begin_object().member("name", file.name);
    writer.member("size", static_cast<std::int64_t>(file.content.size()));
    writer.member("mode", static_cast<std::int64_t>(file.mode)).end_object();
    blob_bytes += file.content.size();
  }
  writer.end_array().key("steps").begin_array();
  for (const auto& step : job.steps) {
    write_step(writer, step);
    blob_bytes += step.stdin_data.size();
  }
  writer.end_array().member("live", job.live).key("tty");
  if (job.tty)
    writer.begin_object().member("cols", job.tty->cols).member("rows", job.tty->rows).end_object();
  else
    writer.null();
  writer.end_object();

  const std::string json = writer.text();
  std::string out;
  out.reserve(json.size() + blob_bytes + 256);
  protocol::append_frames(out, FrameType::kJob, number, json, 0, true);
  // The contents of all files and inputs are one stream of bytes; small ones share a frame.
  std::string blobs;
  blobs.reserve(blob_bytes);
  for (const auto& file : job.files) blobs += file.content;
  for (const auto& step : job.steps) blobs += step.stdin_data;
  if (!blobs.empty()) protocol::append_frames(out, FrameType::kBlob, number, blobs);
  return out;
}

std::chrono::milliseconds longest(const Job& job) {
  std::int64_t sum = 0;
  for (const auto& step : job.steps) sum += step.wall_ms;
  return std::chrono::milliseconds(sum);
}

JobAnswer::JobAnswer(const Job& job, std::uint32_t number) : job_(job), number_(number) {}

void JobAnswer::take(const protocol::Frame& frame) {
  if (over_) throw ProtocolError("a frame after the job's end");
  if (frame.job != number_) throw ProtocolError("a frame of another job");
  switch (frame.type) {
    case FrameType::kStepStarted:
      begin_step(frame);
      return;
    case FrameType::kStdinTaken:
      take_input(frame);
      return;
    case FrameType::kStdout:
    case FrameType::kStderr:
      append(frame);
      return;
    case FrameType::kStepEnded:
      end_step(frame);
      return;
    case FrameType::kArtifact:
      begin_artifact(frame);
      return;
    case FrameType::kArtifactData:
      append_artifact(frame);
      return;
    case FrameType::kClean:
    case FrameType::kTainted:
      if (in_step_ || artifact_left_ != 0) throw ProtocolError("the job ended within a step");
      // Tainted between two steps: the others are to be run elsewhere.
      if (!steps_over_ && !may_end() && (frame.type == FrameType::kClean || outcomes_.empty()))
        throw ProtocolError("the job ended before its steps did");
      steps_over_ = over_ = true;
      clean_ = frame.type == FrameType::kClean;
      if (!clean_) taint_ = std::string(frame.payload.substr(0, kMaxTaint));
      return;
    case FrameType::kRefused:
      throw ProtocolError("the agent gave up: " + std::string(frame.payload.substr(0, kMaxTaint)));
    default:
      throw ProtocolError("a frame that has no place in a job");
  }
}

bool JobAnswer::may_end() const {
  if (outcomes_.empty()) return false;
  if (outcomes_.size() == job_.steps.size()) return true;
  const auto& ended = outcomes_.back().ended;
  return ended.limit != protocol::Limit::kNone ||
         (job_.steps[outcomes_.size() - 1].compile && ended.exit_code != 0);
}

StepOutcome& JobAnswer::current(const protocol::Frame& frame) {
  if (steps_over_ || artifact_left_ != 0) throw ProtocolError("a step at a wrong time");
  if (!in_step_) {
    if (frame.step != outcomes_.size() || frame.step >= job_.steps.size())
      throw ProtocolError("a step out of order");
    outcomes_.emplace_back();
    in_step_ = true;
  }
  if (frame.step + std::size_t{1} != outcomes_.size())
    throw ProtocolError("output of another step");
  return outcomes_.back();
}

void JobAnswer::begin_step(const protocol::Frame& frame) {
  current(frame);
  if (!job_.live || step_told_) throw ProtocolError("a step that is told twice");
  step_told_ = true;
}

void JobAnswer::take_input(const protocol::Frame& frame) {
  current(frame);
  auto payload = frame.payload;
  const auto taken = protocol::detail::get<std::uint64_t>(payload);
  if (!payload.empty() || !job_.steps[frame.step].interactive || (job_.live && !step_told_))
    throw ProtocolError("input that nobody can have taken");
  if (taken <= input_taken_ || taken > input_sent_)
    throw ProtocolError("more input taken than was sent, or less than before");
  input_taken_ = taken;
}

void JobAnswer::append(const protocol::Frame& frame) {
  auto& outcome = current(frame);
  if (job_.live && !step_told_) throw ProtocolError("output of a step that was not told");
  const bool is_output = frame.type == FrameType::kStdout;
  auto& stream = is_output ? outcome.output : outcome.errors;
  const auto limit = static_cast<std::size_t>(job_.steps[frame.step].output_bytes);
  if (stream.size() + frame.payload.size() > limit) throw ProtocolError("output beyond its limit");
  stream.append(frame.payload);
  if (frame.payload.empty()) return;
  const int bytes = static_cast<int>(frame.payload.size()) * (is_output ? 1 : -1);
  auto& order = outcome.order;
  if (!order.empty() && (order.back() > 0) == is_output && !order_full_)
    order.back() += bytes;
  else if (order.size() < kMaxOrder)
    order.push_back(bytes);
  else
    order_full_ = true;  // from here on the streams follow one after the other
}

void JobAnswer::end_step(const protocol::Frame& frame) {
  auto& outcome = current(frame);
  outcome.ended = protocol::decode_step_ended(frame.payload);
  const auto& ended = outcome.ended;
  const bool exited = ended.exit_code >= 0 && ended.exit_code <= 255 && ended.signal == 0;
  const bool signalled = ended.exit_code == -1 && ended.signal > 0 && ended.signal < NSIG;
  const bool stopped = ended.exit_code == -1 && ended.signal == 0;
  if (!exited && !signalled && !(stopped && ended.limit != protocol::Limit::kNone))
    throw ProtocolError("a step that ended in no possible way");
  // One that could not begin is told by its end alone.
  if (job_.live && !step_told_ && ended.limit == protocol::Limit::kNone)
    throw ProtocolError("the end of a step that was not told");
  in_step_ = false;
  step_told_ = false;
  input_taken_ = 0;
  order_full_ = false;
  collected_bytes_ = 0;
  const auto& step = job_.steps[frame.step];
  const bool good = outcome.ended.exit_code == 0 && outcome.ended.limit == protocol::Limit::kNone;
  const bool last = frame.step + std::size_t{1} == job_.steps.size() || (step.compile && !good) ||
                    outcome.ended.limit == protocol::Limit::kCancelled;
  // Files to collect still follow a step that went well.
  if (last && (!good || step.collect.empty())) steps_over_ = true;
}

void JobAnswer::begin_artifact(const protocol::Frame& frame) {
  if (in_step_ || steps_over_ || outcomes_.empty() || artifact_left_ != 0 ||
      frame.step + std::size_t{1} != outcomes_.size())
    throw ProtocolError("an artifact at a wrong time");
  auto payload = frame.payload;
  protocol::ArtifactHeader header;
  header.size = protocol::detail::get<std::uint64_t>(payload);
  header.mode = protocol::detail::get<std::uint32_t>(payload);
  const auto& step = job_.steps[frame.step];
  auto& outcome = outcomes_.back();
  if (step.collect.empty() || payload.empty() || payload.size() > 4096 ||
      payload.find('\0') != std::string_view::npos)
    throw ProtocolError("an artifact that was not asked for");
  if ((header.mode & protocol::kNotSent) != 0) {
    const auto why = header.mode & ~protocol::kNotSent;
    if (why < static_cast<std::uint32_t>(protocol::NotSent::kMissing) ||
        why > static_cast<std::uint32_t>(protocol::NotSent::kBadName) ||
        outcome.not_sent.size() >= protocol::kMaxArtifacts)
      throw ProtocolError("an artifact that was kept back for no reason");
    outcome.not_sent.push_back(
        {std::string(payload), static_cast<protocol::NotSent>(why), header.size});
    return;
  }
  if (outcome.collected.size() >= protocol::kMaxArtifacts)
    throw ProtocolError("too many artifacts");
  const auto left = static_cast<std::uint64_t>(step.collect_bytes - collected_bytes_);
  if (header.size > left) throw ProtocolError("artifacts beyond their limit");
  collected_bytes_ += static_cast<std::int64_t>(header.size);
  artifact_left_ = header.size;
  outcome.collected.push_back({std::string(payload), "", header.mode & 0777});
  outcome.collected.back().content.reserve(header.size);
}

void JobAnswer::append_artifact(const protocol::Frame& frame) {
  if (outcomes_.empty() || outcomes_.back().collected.empty() ||
      frame.payload.size() > artifact_left_ || frame.payload.empty())
    throw ProtocolError("artifact bytes at a wrong time");
  outcomes_.back().collected.back().content.append(frame.payload);
  artifact_left_ -= frame.payload.size();
}

}  // namespace runyard
