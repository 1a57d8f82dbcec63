// Any bytes, cut anywhere, either are frames or throw ProtocolError; a frame never exceeds its
// bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/job_reader.hpp"
#include "agent/protocol.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace runyard;
  if (size < 2) return 0;
  const std::size_t piece = 1 + data[0];
  const bool whole_session = (data[1] & 1) != 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  protocol::FrameParser parser;
  agent::JobReader reader;
  try {
    while (!bytes.empty()) {
      const auto part = bytes.substr(0, piece);
      bytes.remove_prefix(part.size());
      if (whole_session) {
        reader.feed(part);
        reader.take_hello();
        if (reader.take_job()) reader.finish();
      } else {
        parser.feed(part, [](const protocol::Frame& frame) {
          if (frame.payload.size() > protocol::kMaxPayload) std::abort();
          if (frame.type == protocol::FrameType::kStepEnded)
            protocol::decode_step_ended(frame.payload);
        });
      }
    }
  } catch (const protocol::ProtocolError&) {
  }
  return 0;
}
