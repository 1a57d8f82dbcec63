#pragma once
// How large a job is in the words of agent/protocol.hpp, so that none is made that an agent
// refuses. Pure.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "worker/job.hpp"

namespace runyard {

/// What the protocol bounds, of a whole job or of a part of it. `json` is never less than what
/// encode_job() writes.
struct JobSize {
  std::size_t json = 0;   ///< bytes, with quotes and escapes
  std::size_t blob = 0;   ///< bytes of contents and inputs
  std::size_t files = 0;  ///< how many
  std::size_t steps = 0;  ///< how many
};
JobSize operator+(const JobSize& a, const JobSize& b);

JobSize size_of(const JobFile& file);
JobSize size_of(const std::vector<JobFile>& files);
JobSize size_of(const JobStep& step);

/// Whether a job of these parts can be sent, with at most so many bytes of contents and inputs.
bool fits_a_job(const JobSize& size, std::size_t max_blob = protocol::kMaxBlobBytes);

/// The contents and inputs that a job for a sandbox of so much memory should have at most: its
/// agent holds them while it runs, and what the agent holds the program has not.
std::size_t blob_budget(std::int64_t memory_kb);

/// Cuts a job whose steps are too much for one: the index of the first step of each part, the first
/// one 0. Every part has all files and at least one step, even where that alone is over the budget.
std::vector<std::size_t> parts_of(const Job& job, std::size_t max_blob);

/// "" when what a compiler left can be sent with the runs, else what is in the way, naming the
/// file.
std::string unsendable(const std::vector<JobFile>& compiled);

}  // namespace runyard
