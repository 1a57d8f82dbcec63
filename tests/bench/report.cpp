#include "tests/bench/report.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>

#include "tests/bench/stack.hpp"

namespace runyard::bench {
namespace {

std::string digits(double value) {
  char text[64];
  const double size = std::fabs(value);
  std::snprintf(text, sizeof text, size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : "%.2f", value);
  return text;
}

std::string judged_text(const Figure& figure, double value) {
  if (figure.judged == Judged::kRatio) return digits(value) + " x";
  const char* plus = figure.judged == Judged::kDifference && value >= 0 ? "+" : "";
  return plus + digits(value) + " " + figure.unit;
}

std::string line_of(const std::string& row, const std::string& what, const std::string& measured,
                    const std::string& bare, const std::string& value, const std::string& target,
                    const std::string& verdict) {
  char text[256];
  std::snprintf(text, sizeof text, "%-3s %-52s %14s %14s %12s %14s  %s\n", row.c_str(),
                what.c_str(), measured.c_str(), bare.c_str(), value.c_str(), target.c_str(),
                verdict.c_str());
  return text;
}

}  // namespace

std::string Figure::value_text() const {
  if (judged == Judged::kNot) return bare > 0 ? digits(measured / bare) + " x" : "-";
  return judged_text(*this, value);
}
std::string Figure::target_text() const {
  if (judged == Judged::kNot) return "-";
  return std::string(at_most ? "<= " : ">= ") + judged_text(*this, target);
}

Figure figure_of_turns(std::string row, std::string what, std::string unit, const Turns& turns,
                       Judged judged, double target, bool at_most) {
  Figure figure;
  figure.row = std::move(row);
  figure.what = std::move(what);
  figure.unit = std::move(unit);
  figure.measured = median(turns.ours);
  figure.bare = median(turns.bare);
  figure.judged = judged;
  figure.value = judged == Judged::kRatio        ? turns.ratio()
                 : judged == Judged::kDifference ? turns.difference()
                                                 : figure.measured;
  figure.target = target;
  figure.at_most = at_most;
  figure.rounds = turns.ours;
  figure.bare_rounds = turns.bare;
  return figure;
}

Figure figure_to_compare(std::string row, std::string what, std::string unit,
                         std::vector<double> rounds, std::vector<double> bare_rounds) {
  const Turns turns{std::move(rounds), std::move(bare_rounds)};
  return figure_of_turns(std::move(row), std::move(what), std::move(unit), turns, Judged::kNot, 0);
}

std::string table(const Report& report) {
  std::string text = line_of("row", "what", "measured", "bare", "value", "target", "");
  int missed = 0;
  int judged = 0;
  for (const auto& one : report.figures) {
    missed += one.ok() ? 0 : 1;
    judged += one.judged == Judged::kNot ? 0 : 1;
    const std::string gap =
        one.judged == Judged::kNot ? ""
        : one.ok()                 ? "ok"
                   : "MISSED by " + std::to_string(std::lround((one.strain() - 1) * 100)) + " %";
    text += line_of(one.row, one.what, digits(one.measured) + " " + one.unit,
                    one.bare > 0 ? digits(one.bare) + " " + one.unit : "-", one.value_text(),
                    one.target_text(), gap);
  }
  text += "\n" + std::to_string(judged) + " figures with a target, " + std::to_string(missed) +
          " missed; medians of " + std::to_string(report.rounds) + " rounds by turns\n" +
          report.machine + "; load before " + report.load_before + ", after " + report.load_after +
          "; others used " + digits(report.background_cores) + " cores at the start\n";
  return text;
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw Failure("cannot write " + file.string());
}

}  // namespace runyard::bench
