#include "core/answer_size.hpp"

#include "core/json.hpp"
#include "core/text.hpp"

namespace runyard {

std::string_view AnswerSpace::text(std::string_view utf8) {
  const auto shown = json::escaped_within(utf8, left_);
  left_ -= json::escaped_size(shown);
  return shown;
}

std::string_view AnswerSpace::base64(std::string_view bytes) {
  const auto shown =
      bytes.substr(0, base64_size(bytes.size()) <= left_ ? bytes.size() : left_ / 4 * 3);
  left_ -= base64_size(shown.size());
  return shown;
}

bool AnswerSpace::take(std::size_t written) {
  if (written > left_) return false;
  left_ -= written;
  return true;
}

std::string text_within(std::string_view bytes, std::size_t room) {
  // No character is written in less than a byte, so that more cannot be shown.
  if (bytes.size() > room) {
    bytes = bytes.substr(0, room);
    bytes.remove_suffix(unfinished_character(bytes));
  }
  auto text = to_utf8(bytes);
  text.resize(json::escaped_within(text, room).size());
  return text;
}

}  // namespace runyard
