#include "worker/checker.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace runyard {
namespace {

constexpr std::string_view kLineSpace = " \t\r\f\v";
constexpr std::string_view kSpace = " \t\r\n\f\v";

std::vector<std::string_view> trimmed_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    const auto last = line.find_last_not_of(kLineSpace);
    lines.push_back(last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (;;) {
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return found;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(kSpace), text.size());
    found.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool as_number(std::string_view word, double& number) {
  const std::string text(word);
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size() && std::isfinite(number);
}

bool numbers_match(std::string_view output, std::string_view expected, double tolerance) {
  double a = 0;
  double b = 0;
  if (!as_number(output, a) || !as_number(expected, b)) return output == expected;
  return std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(b));
}

}  // namespace

bool output_matches(const Checker& checker, std::string_view output, std::string_view expected) {
  switch (checker.kind) {
    case CheckerKind::kExact:
      return output == expected;
    case CheckerKind::kTrim:
      return trimmed_lines(output) == trimmed_lines(expected);
    case CheckerKind::kTokens:
      return words(output) == words(expected);
    case CheckerKind::kFloat: {
      const auto got = words(output);
      const auto want = words(expected);
      return got.size() == want.size() &&
             std::equal(got.begin(), got.end(), want.begin(),
                        [&](auto a, auto b) { return numbers_match(a, b, checker.tolerance); });
    }
    case CheckerKind::kUnorderedLines: {
      auto got = trimmed_lines(output);
      auto want = trimmed_lines(expected);
      std::sort(got.begin(), got.end());
      std::sort(want.begin(), want.end());
      return got == want;
    }
    case CheckerKind::kProgram:
      break;
  }
  throw std::logic_error("a checker that is a program compares nothing here");
}

}  // namespace runyard
