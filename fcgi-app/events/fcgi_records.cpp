#include "fcgi-app/events/fcgi_records.hpp"

#include <algorithm>

namespace runyard {
namespace {

constexpr int kEndRequest = 3;
constexpr int kStdout = 6;

void append_record(std::string& records, int type, int request_id, std::string_view content) {
  const auto byte = [&](std::size_t value) {
    records.push_back(static_cast<char>(static_cast<unsigned char>(value & 0xff)));
  };
  const auto id = static_cast<std::size_t>(request_id);
  byte(1);  // of the protocol
  byte(static_cast<std::size_t>(type));
  byte(id >> 8);
  byte(id);
  byte(content.size() >> 8);
  byte(content.size());
  byte(0);  // no padding
  byte(0);
  records += content;
}

}  // namespace

void append_output(std::string& records, int request_id, std::string_view bytes) {
  constexpr std::size_t kMaxContent = 65'535;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, kMaxContent);
    append_record(records, kStdout, request_id, part);
    bytes.remove_prefix(part.size());
  }
}

void append_end_of_request(std::string& records, int request_id) {
  append_record(records, kStdout, request_id, {});
  append_record(records, kEndRequest, request_id, std::string_view("\0\0\0\0\0\0\0\0", 8));
}

}  // namespace runyard
