// The client's parser of event streams: whatever pieces a stream comes in, its events are the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/sse_parser.hpp"

namespace {

using runyard::cli::SseEvent;
using runyard::cli::SseParser;

std::vector<std::string> events_of(std::string_view text, std::size_t piece) {
  std::vector<std::string> events;
  SseParser parser([&](const SseEvent& event) {
    events.push_back(event.name + '\0' + event.id + '\0' + event.data);
  });
  for (std::size_t at = 0; at < text.size(); at += piece) parser.feed(text.substr(at, piece));
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (events_of(text, 1 + data[0] % 16) != events_of(text, text.size())) std::abort();
  return 0;
}
