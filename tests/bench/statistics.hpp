#pragma once
// Medians and percentiles.
#include <vector>

namespace runyard::bench {

/// The value below which `share` (0..1) of the values lie; 0 when there are none.
double percentile(std::vector<double> values, double share);
inline double median(const std::vector<double>& values) { return percentile(values, 0.5); }

/// Two things measured by turns: one number of each for every round.
struct Turns {
  std::vector<double> ours;
  std::vector<double> bare;

  /// The median of the rounds' own ratios: a load that comes and goes hits both halves of a round.
  double ratio() const;
  /// The median of the rounds' differences, ours - bare.
  double difference() const;
};

}  // namespace runyard::bench
