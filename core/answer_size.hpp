#pragma once
// How large an answer may be, as it is written, and the share of it that its parts get.
#include <cstddef>
#include <string>
#include <string_view>

namespace runyard {

/// No JSON answer of the API is larger. The largest files that a program can give (8 MiB) are
/// within it in base64, and so are all outputs in base64; what as text would be more is cut.
constexpr std::size_t kMaxAnswerBytes = std::size_t{12} * 1024 * 1024;

/// What is left of an answer for texts of any size. Everything is counted as JSON has it.
class AnswerSpace final {
 public:
  explicit AnswerSpace(std::size_t bytes) : left_(bytes) {}

  /// As much from the begin of a UTF-8 text as there is space for, in whole characters.
  std::string_view text(std::string_view utf8);
  /// As many bytes of what is to be base64.
  std::string_view base64(std::string_view bytes);
  /// All of it or nothing.
  bool take(std::size_t written);

 private:
  std::size_t left_;
};

/// A text for an answer that has no more than `room` bytes for it: what is no UTF-8 replaced, and
/// its end left out where it would be larger.
std::string text_within(std::string_view bytes, std::size_t room);

/// Bytes of base64.
constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

}  // namespace runyard
