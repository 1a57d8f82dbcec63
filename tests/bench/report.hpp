#pragma once
// Measured figures against their targets, and where they go.
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/statistics.hpp"

namespace runyard::bench {

/// How a figure is judged.
enum class Judged {
  kRatio,       ///< ours / bare
  kDifference,  ///< ours - bare, in the unit
  kAbsolute,    ///< ours alone, in the unit
  kNot,         ///< for comparison only: there is no target
};

struct Figure {
  std::string row;  ///< "1" .. "13"
  std::string what;
  std::string unit;  ///< of `measured` and `bare`
  double measured = 0;
  double bare = 0;  ///< 0: there is none
  Judged judged = Judged::kRatio;
  double value = 0;  ///< what is held against the target
  double target = 0;
  bool at_most = true;                      ///< else at least
  std::vector<double> rounds, bare_rounds;  ///< where the medians come from

  bool ok() const {
    if (judged == Judged::kNot) return true;
    return at_most ? value <= target : value >= target;
  }
  /// How far beside the target: 1.0 is on it, above is missed.
  double strain() const { return at_most ? value / target : target / value; }
  std::string value_text() const;
  std::string target_text() const;
};

Figure figure_of_turns(std::string row, std::string what, std::string unit, const Turns& turns,
                       Judged judged, double target, bool at_most = true);
/// One without a target: `rounds` are measured, and may have a baseline.
Figure figure_to_compare(std::string row, std::string what, std::string unit,
                         std::vector<double> rounds, std::vector<double> bare_rounds = {});

struct Report {
  std::string begun_at, machine, load_before, load_after;
  double background_cores = 0;
  int rounds = 0;
  std::vector<Figure> figures;
};

std::string table(const Report& report);
std::string json_report(const Report& report);
/// A bar for each figure, as long as its strain; the targets are one line.
std::string picture(const Report& report);
/// Throws Failure when the file cannot be written.
void write_text(const std::filesystem::path& file, const std::string& text);

}  // namespace runyard::bench
