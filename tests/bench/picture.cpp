// The figures as an SVG: what is left of the line has reached its target.
#include <algorithm>
#include <cstdio>

#include "tests/bench/report.hpp"

namespace runyard::bench {
namespace {

constexpr int kWidth = 1000;
constexpr int kTop = 64;
constexpr int kLineHeight = 24;
constexpr int kBarLeft = 430;
constexpr int kTargetWidth = 200;  // of a bar that is just on its target
constexpr double kLongest = 2.0;   // times the target; longer bars are cut

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

std::string label(int x, int y, const char* anchor, const std::string& text) {
  char head[128];
  std::snprintf(head, sizeof head, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
  return head + escaped(text) + "</text>\n";
}

std::string bar(const Figure& figure, int y) {
  if (figure.judged == Judged::kNot) return {};
  const int width = static_cast<int>(std::clamp(figure.strain(), 0.01, kLongest) * kTargetWidth);
  char shape[160];
  std::snprintf(shape, sizeof shape,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" rx=\"2\" fill=\"%s\"/>\n",
                kBarLeft, y - 11, width, figure.ok() ? "#2e8b57" : "#c0392b");
  return shape;
}

}  // namespace

std::string picture(const Report& report) {
  const int height = kTop + kLineHeight * static_cast<int>(report.figures.size()) + 40;
  char text[512];
  std::snprintf(
      text, sizeof text,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
      kWidth, height, kWidth, height);
  std::string svg = text;
  svg += label(12, 24, "start",
               "Runyard against its targets: the line is the target, shorter is better");
  svg += label(12, 44, "start",
               report.begun_at + ", " + report.machine + ", load " + report.load_before);
  int y = kTop + 16;
  for (const auto& one : report.figures) {
    svg += label(12, y, "start", one.row);
    svg += label(40, y, "start", one.what);
    svg += bar(one, y);
    svg += label(kWidth - 150, y, "end", one.value_text());
    svg += label(kWidth - 12, y, "end", one.target_text());
    y += kLineHeight;
  }
  std::snprintf(text, sizeof text,
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#333333\"/>\n",
                kBarLeft + kTargetWidth, kTop - 4, kBarLeft + kTargetWidth, height - 28);
  svg += text;
  return svg + "</svg>\n";
}

}  // namespace runyard::bench
