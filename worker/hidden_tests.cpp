#include "worker/hidden_tests.hpp"

#include <algorithm>

namespace runyard {

void hide_tests(const std::vector<TestCase>& tests, Result& result) {
  const auto count = std::min(tests.size(), result.tests.size());
  if (count == 0) return;
  // The one whose output the whole shows: the first that did not pass, else the last.
  auto shown = count - 1;
  for (std::size_t i = count; i-- > 0;)
    if (result.tests[i].status != Status::kCompleted) shown = i;
  for (std::size_t i = 0; i < count; ++i) {
    if (!tests[i].hidden) continue;
    result.tests[i].output.clear();
    result.tests[i].message.clear();
  }
  if (!tests[shown].hidden) return;
  result.output.clear();
  result.errors.clear();
  result.output_order.clear();
  result.output_truncated = false;
  result.errors_truncated = false;
  result.exit_code.reset();
  result.signal.reset();
  if (result.status != Status::kCompleted)
    result.message = "test \"" + tests[shown].name + "\" did not pass: what it gave is not shown";
}

}  // namespace runyard
