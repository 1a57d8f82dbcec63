// Any text either is a job within all bounds or throws ProtocolError.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/job_json.hpp"
#include "agent/protocol.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace runyard;
  try {
    const auto job = agent::parse_job({reinterpret_cast<const char*>(data), size});
    if (job.steps.empty() || job.steps.size() > protocol::kMaxSteps) std::abort();
    if (job.blob_size() > protocol::kMaxBlobBytes) std::abort();
    for (const auto& file : job.files)
      if (!agent::valid_name(file.name)) std::abort();
    for (const auto& step : job.steps)
      if (step.argv.empty() || step.wall_ms == 0 || step.output_bytes == 0) std::abort();
  } catch (const protocol::ProtocolError&) {
  }
  return 0;
}
