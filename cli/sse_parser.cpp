#include "cli/sse_parser.hpp"

#include <stdexcept>

namespace runyard::cli {

void SseParser::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_return_ = false;
    const auto end = bytes.find_first_of("\r\n");
    const auto part = bytes.substr(0, end);
    if (line_.size() + part.size() > max_bytes_) throw std::length_error("a line is too long");
    line_ += part;
    if (end == std::string_view::npos) return;
    after_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line();
  }
}

void SseParser::restart() {
  line_.clear();
  name_.clear();
  data_.clear();
  next_id_ = id_;
  has_data_ = after_return_ = false;
  at_start_ = true;
}

void SseParser::end_line() {
  const auto whole = std::move(line_);
  line_.clear();
  std::string_view line = whole;
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (at_start_ && line.substr(0, kByteOrderMark.size()) == kByteOrderMark)
    line.remove_prefix(kByteOrderMark.size());
  at_start_ = false;
  if (line.empty()) return dispatch();
  const auto colon = line.find(':');
  if (colon == 0) return;  // a comment
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  field(line.substr(0, colon), value);
}

void SseParser::field(std::string_view name, std::string_view value) {
  if (name == "event") {
    name_ = value;
  } else if (name == "data") {
    if (data_.size() + value.size() > max_bytes_) throw std::length_error("an event is too long");
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) next_id_ = value;
  }
}

void SseParser::dispatch() {
  id_ = next_id_;
  if (has_data_) sink_({name_.empty() ? "message" : name_, data_, id_});
  name_.clear();
  data_.clear();
  has_data_ = false;
}

}  // namespace runyard::cli
