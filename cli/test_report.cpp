#include "cli/test_report.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/members.hpp"
#include "core/terminal_text.hpp"
#include "core/text.hpp"

namespace runyard::cli {
namespace {

constexpr std::size_t kMaxLines = 20;
constexpr std::size_t kMaxLineBytes = 500;
constexpr std::string_view kNoLineEnd = "\\ no line end";

/// Each with its line end, so that its absence shows.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

void add_lines(std::string& text, char sign, const std::vector<std::string_view>& lines,
               std::size_t begin, std::size_t end) {
  const auto last = std::min(end, begin + kMaxLines);
  for (auto i = begin; i < last; ++i) {
    auto line = lines[i];
    const bool ended = line.back() == '\n';
    if (ended) line.remove_suffix(1);
    text += std::string("    ") + sign + printable(line.substr(0, kMaxLineBytes));
    if (line.size() > kMaxLineBytes) text += "...";
    text += '\n';
    if (!ended) text += "    " + std::string(kNoLineEnd) + '\n';
  }
  if (last < end)
    text += std::string("    ") + sign + " and " + std::to_string(end - last) + " more lines\n";
}

std::string amount(const json::Value& test, const char* member, const char* unit) {
  const auto number = integer_at(test, member);
  return number ? std::to_string(*number) + unit : "";
}

}  // namespace

std::string test_line(const json::Value& test) {
  char columns[96];
  std::snprintf(columns, sizeof columns, "%-17s %9s %12s  ",
                printable(text_at(test, "verdict")).substr(0, 17).c_str(),
                amount(test, "execution_time", " ms").c_str(),
                amount(test, "memory_kb", " KiB").c_str());
  return columns + printable(text_at(test, "name")) + '\n';
}

std::string difference(std::string_view expected, std::string_view got) {
  const auto wanted = lines_of(expected);
  const auto came = lines_of(got);
  const auto shorter = std::min(wanted.size(), came.size());
  std::size_t begin = 0;
  while (begin < shorter && wanted[begin] == came[begin]) ++begin;
  std::size_t same_end = 0;
  while (same_end < shorter - begin &&
         wanted[wanted.size() - 1 - same_end] == came[came.size() - 1 - same_end])
    ++same_end;
  if (begin + same_end == wanted.size() && wanted.size() == came.size()) return {};
  std::string text = "    line " + std::to_string(begin + 1) + ":\n";
  add_lines(text, '-', wanted, begin, wanted.size() - same_end);
  add_lines(text, '+', came, begin, came.size() - same_end);
  return text;
}

std::string failures_text(const json::Value& execution,
                          const std::vector<std::optional<std::string>>& expected) {
  std::string text;
  std::size_t passed = 0;
  const auto& tests = array_at(execution, "tests");
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const auto verdict = text_at(tests[i], "verdict");
    if (verdict == "PASSED") ++passed;
    if (verdict == "PASSED" || verdict == "SKIPPED") continue;
    text += "\n" + printable(text_at(tests[i], "name")) + ": " + printable(verdict);
    const auto message = text_at(tests[i], "message");
    text += (message.empty() ? "" : ": " + printable(message)) + "\n";
    const auto got = base64_decode(text_at(tests[i], "stdout"));
    if (verdict == "WRONG_ANSWER" && got && i < expected.size() && expected[i])
      text += difference(*expected[i], *got);
  }
  return text + "\n" + std::to_string(passed) + " of " + std::to_string(tests.size()) +
         (tests.size() == 1 ? " test" : " tests") + " passed\n";
}

}  // namespace runyard::cli
