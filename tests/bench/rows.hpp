#pragma once
// The rows of the table of targets. Each function warms up, measures by turns, and adds its
// figures.
#include <functional>
#include <string>

#include "tests/bench/report.hpp"
#include "tests/bench/stack.hpp"

namespace runyard::bench {

struct Bench {
  Stack stack;
  int rounds = 5;
  double size = 1;  ///< of the turns; 1 as the targets are judged
  Report report;

  /// `n` runs at full size, at least two.
  int count(int n) const;
  /// A line on stderr; ends with a new line only where one does not overwrite the other.
  void progress(const std::string& row, const std::string& what) const;
  /// Calls both by turns (A B A B) for all rounds and collects their numbers.
  Turns by_turns(const std::string& row, const std::function<double()>& ours,
                 const std::function<double()>& bare) const;
};

void python_one_client(Bench& bench);        // 1
void python_many_clients(Bench& bench);      // 2
void cpp_compile_and_run(Bench& bench);      // 3
void cpp_cached(Bench& bench);               // 4
void java_compile_and_run(Bench& bench);     // 5
void cpp_many_tests(Bench& bench);           // 6
void fresh_sandboxes(Bench& bench);          // 7
void submit_and_poll(Bench& bench);          // 8
void memory_of_sandboxes(Bench& bench);      // 9
void hello_in_every_language(Bench& bench);  // 10
void whole_pipeline(Bench& bench);           // 11
void pipeline_with_backlog(Bench& bench);    // 12
void typed_line(Bench& bench);               // 13

}  // namespace runyard::bench
