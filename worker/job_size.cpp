#include "worker/job_size.hpp"

#include <algorithm>

#include "core/json.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

// Names of members, numbers of up to 20 digits, brackets: of the whole job, a file, a step.
constexpr std::size_t kJobFrame = 256;
constexpr std::size_t kFileFrame = 128;
constexpr std::size_t kStepFrame = 640;

// Of the names of compiled files, as they are sent. With what a submission holds at most they leave
// most of a job's JSON to the steps.
constexpr std::size_t kMaxCompiledNames = 1024 * 1024;

// What valid_name() of agent/job.hpp lets pass.
constexpr std::size_t kMaxName = 1024;
constexpr std::size_t kMaxComponent = 255;
constexpr int kMaxDepth = 32;

std::size_t json_of(const std::vector<std::string>& texts) {
  std::size_t size = 0;
  for (const auto& text : texts) size += json::written_size(text) + 1;
  return size;
}

/// Why no job can hold a file of this name; "" when one can.
std::string name_rule(std::string_view name) {
  if (!is_utf8(name)) return "its name is not UTF-8";
  if (name.find('\0') != std::string_view::npos) return "its name holds a NUL";
  if (name.size() > kMaxName)
    return "its name has " + std::to_string(name.size()) + " bytes: at most " +
           std::to_string(kMaxName) + " are allowed";
  int depth = 0;
  for (std::size_t begin = 0; begin <= name.size(); ++depth) {
    const auto end = std::min(name.find('/', begin), name.size());
    const auto part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == ".." || part.size() > kMaxComponent)
      return "its name is no path below the program's folder";
    begin = end + 1;
  }
  if (depth > kMaxDepth)
    return "it lies in " + std::to_string(depth - 1) + " folders: at most " +
           std::to_string(kMaxDepth - 1) + " are allowed";
  return {};
}

}  // namespace

JobSize operator+(const JobSize& a, const JobSize& b) {
  return {a.json + b.json, a.blob + b.blob, a.files + b.files, a.steps + b.steps};
}

JobSize size_of(const JobFile& file) {
  return {json::written_size(file.name) + kFileFrame, file.content.size(), 1, 0};
}

JobSize size_of(const std::vector<JobFile>& files) {
  JobSize size;
  for (const auto& file : files) size = size + size_of(file);
  return size;
}

JobSize size_of(const JobStep& step) {
  const auto json =
      kStepFrame + json_of(step.argv) + json_of(step.environment) + json_of(step.collect);
  return {json, step.stdin_data.size(), 0, 1};
}

bool fits_a_job(const JobSize& size, std::size_t max_blob) {
  return size.json + kJobFrame <= protocol::kMaxJobJson &&
         size.blob <= std::min(max_blob, protocol::kMaxBlobBytes) &&
         size.files <= protocol::kMaxFiles && size.steps <= protocol::kMaxSteps;
}

std::size_t blob_budget(std::int64_t memory_kb) {
  const auto quarter = static_cast<std::size_t>(std::max<std::int64_t>(0, memory_kb)) * 1024 / 4;
  return std::clamp<std::size_t>(quarter, 1024 * 1024, protocol::kMaxBlobBytes);
}

std::vector<std::size_t> parts_of(const Job& job, std::size_t max_blob) {
  const auto files = size_of(job.files);
  std::vector<std::size_t> firsts = {0};
  auto part = files;
  for (std::size_t i = 0; i < job.steps.size(); ++i) {
    const auto step = size_of(job.steps[i]);
    if (i > firsts.back() && !fits_a_job(part + step, max_blob)) {
      firsts.push_back(i);
      part = files;
    }
    part = part + step;
  }
  return firsts;
}

std::string unsendable(const std::vector<JobFile>& compiled) {
  std::size_t names = 0;
  for (const auto& file : compiled) {
    const auto rule = name_rule(file.name);
    if (!rule.empty()) return storable_text(file.name, 200) + " cannot be run: " + rule;
    names += json::written_size(file.name);
  }
  if (names <= kMaxCompiledNames) return {};
  return "the names of its files take " + std::to_string(names) +
         " bytes as they are sent: at most " + std::to_string(kMaxCompiledNames) + " are allowed";
}

}  // namespace runyard
