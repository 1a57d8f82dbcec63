#include "tests/bench/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace runyard::bench {

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const auto high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - std::floor(at)) * (values[high] - values[low]);
}

double Turns::ratio() const {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size() && i < bare.size(); ++i)
    ratios.push_back(ours[i] / bare[i]);
  return median(ratios);
}

double Turns::difference() const {
  std::vector<double> differences;
  for (std::size_t i = 0; i < ours.size() && i < bare.size(); ++i)
    differences.push_back(ours[i] - bare[i]);
  return median(differences);
}

}  // namespace runyard::bench
