#include "core/metrics_process.hpp"

#include <dirent.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>

namespace runyard {
namespace {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double entries(const char* folder) {
  struct Close {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  const std::unique_ptr<DIR, Close> open(::opendir(folder));
  if (!open) return 0;
  double count = 0;
  while (const auto* entry = ::readdir(open.get()))
    if (entry->d_name[0] != '.') ++count;
  return count;
}

}  // namespace

void ask_of_process(metrics::Asked& asked) {
  metrics::registry()
      .gauge("runyard_build_info", "1; its label is the version.", {{"version", RUNYARD_VERSION}})
      .set(1);
  metrics::registry()
      .gauge("runyard_process_start_time_seconds", "When it started, in seconds since 1970.")
      .set(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
               .count());
  asked.gauge("runyard_process_resident_memory_bytes", "Memory that it holds.", {}, resident_bytes);
  // Without the one that is open for the counting.
  asked.gauge("runyard_process_open_fds", "Descriptors that it has open.", {},
              [] { return entries("/proc/self/fd") - 1; });
  asked.gauge("runyard_process_threads", "Threads that it has.", {},
              [] { return entries("/proc/self/task"); });
}

}  // namespace runyard
