#pragma once
// What a running stack uses, over time, and whether that is flat.
#include <map>
#include <string>
#include <vector>

#include "tests/support/services.hpp"

namespace runyard::soak {

/// Name of a figure, as "worker memory MiB", and its value.
using Sample = std::map<std::string, double>;

/// Of each service: memory (MiB, shared pages counted once), descriptors, threads, processes; of
/// the worker's containers their number; of the tables that must not grow with the history their
/// size (KiB) and dead rows.
Sample take_sample(const test::Stack& stack);

struct Verdict {
  std::string name;
  double first = 0;    ///< mean of the middle third of the samples: the first one is warming up
  double last = 0;     ///< mean of the last third
  double allowed = 0;  ///< what `last` may be above `first`
  bool flat() const { return last - first <= allowed; }
};

/// At least six samples; one verdict a figure.
std::vector<Verdict> judge(const std::vector<Sample>& samples);

}  // namespace runyard::soak
