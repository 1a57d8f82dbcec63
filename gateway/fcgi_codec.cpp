#include "gateway/fcgi_codec.hpp"

#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "gateway/text.hpp"

namespace runyard::gateway {
namespace {

constexpr unsigned char kVersion = 1;
constexpr unsigned char kBeginRequest = 1;
constexpr unsigned char kEndRequest = 3;
constexpr unsigned char kParams = 4;
constexpr unsigned char kStdin = 5;
constexpr unsigned char kStdout = 6;
constexpr unsigned char kStderr = 7;
constexpr std::size_t kHeaderSize = 8;
constexpr std::size_t kMaxContent = 65'535;
constexpr unsigned char kRequestId = 1;

void append_record(std::string& out, unsigned char type, std::string_view content) {
  const auto size = content.size();
  const char header[kHeaderSize] = {static_cast<char>(kVersion),
                                    static_cast<char>(type),
                                    0,
                                    static_cast<char>(kRequestId),
                                    static_cast<char>(size >> 8),
                                    static_cast<char>(size & 0xff),
                                    0,
                                    0};
  out.append(header, sizeof(header)).append(content);
}

/// A stream: its records and the empty one that ends it.
void append_stream(std::string& out, unsigned char type, std::string_view bytes) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kMaxContent)))
    append_record(out, type, bytes.substr(0, kMaxContent));
  append_record(out, type, {});
}

void append_length(std::string& out, std::size_t length) {
  if (length < 0x80) {
    out.push_back(static_cast<char>(length));
    return;
  }
  out.push_back(static_cast<char>((length >> 24 & 0x7f) | 0x80));
  for (int shift = 16; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(length >> shift & 0xff));
}

}  // namespace

std::string encode_fcgi_request(const FcgiParams& params, std::string_view body) {
  std::string out;
  out.reserve(body.size() + 2048);
  append_record(out, kBeginRequest, std::string_view("\0\1\0\0\0\0\0\0", 8));  // responder
  std::string pairs;
  for (const auto& [name, value] : params) {
    append_length(pairs, name.size());
    append_length(pairs, value.size());
    pairs.append(name).append(value);
  }
  append_stream(out, kParams, pairs);
  append_stream(out, kStdin, body);
  return out;
}

bool FcgiAnswerReader::feed(std::string_view bytes) {
  if (complete_) return false;
  pending_.append(bytes);
  std::string_view rest = pending_;
  while (rest.size() >= kHeaderSize && !complete_) {
    const auto byte = [&rest](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    if (byte(0) != kVersion || byte(2) != 0 || byte(3) != kRequestId) return false;
    const std::size_t size = static_cast<std::size_t>(byte(4)) << 8 | byte(5);
    const std::size_t whole = kHeaderSize + size + byte(6);
    if (rest.size() < whole) break;
    if (!take_record(byte(1), rest.substr(kHeaderSize, size))) return false;
    rest.remove_prefix(whole);
  }
  pending_.erase(0, pending_.size() - rest.size());
  return true;
}

bool FcgiAnswerReader::take_record(unsigned char type, std::string_view content) {
  if (type == kStdout) {
    if (content.size() > max_bytes_ - output_.size()) return false;
    output_.append(content);
    return true;
  }
  if (type == kEndRequest) {
    // Bytes 4: whether the request was taken at all.
    if (content.size() < 8 || content[4] != 0) return false;
    complete_ = true;
    return true;
  }
  return type == kStderr;  // for the log of a web server; the API writes its own
}

const std::string* CgiAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return &value;
  return nullptr;
}

std::optional<CgiAnswer> parse_cgi_answer(std::string output) {
  CgiAnswer answer;
  std::size_t at = 0;
  for (;;) {
    const auto end = output.find('\n', at);
    if (end == std::string::npos) return std::nullopt;
    auto line = std::string_view(output).substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    at = end + 1;
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const auto name = lower(line.substr(0, colon));
    const auto value = trim(line.substr(colon + 1));
    if (name == "status") {
      const auto digits = value.substr(0, 3);
      const auto [stop, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), answer.status);
      if (error != std::errc() || stop != digits.data() + 3 || answer.status < 100)
        return std::nullopt;
    } else {
      answer.headers.emplace_back(name, value);
    }
  }
  output.erase(0, at);
  answer.body = std::move(output);
  return answer;
}

}  // namespace runyard::gateway
