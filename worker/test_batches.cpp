#include "worker/test_batches.hpp"

namespace runyard {

Job rest_of(const Job& job, std::size_t first) {
  Job rest;
  rest.files = job.files;
  rest.live = job.live;
  rest.tty = job.tty;
  rest.steps.assign(job.steps.begin() + static_cast<std::ptrdiff_t>(first), job.steps.end());
  return rest;
}

}  // namespace runyard
