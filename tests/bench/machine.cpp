#include "tests/bench/machine.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/support/processes.hpp"

namespace runyard::bench {
namespace {

/// The number after `key` in a text of "Key:   number kB" lines.
long field_kb(const std::string& text, const std::string& key) {
  const auto at = text.find("\n" + key + ":");
  return at == std::string::npos ? 0 : std::strtol(text.c_str() + at + key.size() + 2, nullptr, 10);
}

}  // namespace

int cores() { return static_cast<int>(std::thread::hardware_concurrency()); }

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double machine_cpu_s() {
  std::ifstream in("/proc/stat");
  std::string cpu;
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0;
  in >> cpu >> user >> nice >> system >> idle >> iowait >> irq >> softirq;
  return (user + nice + system + irq + softirq) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double own_cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

std::string load_averages() {
  std::ifstream in("/proc/loadavg");
  std::string one, five, fifteen;
  in >> one >> five >> fifteen;
  return one + " " + five + " " + fifteen;
}

double background_cores(double seconds) {
  const double cpu = machine_cpu_s() - own_cpu_s();
  const double begun = now_s();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return (machine_cpu_s() - own_cpu_s() - cpu) / (now_s() - begun);
}

std::string machine_name() {
  utsname name{};
  ::uname(&name);
  std::string model = "unknown processor";
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("model name", 0) == 0) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  return std::to_string(cores()) + " x " + model + ", Linux " + name.release;
}

long pss_kb(int pid) { return field_kb(test::process_file(pid, "smaps_rollup"), "Pss"); }
long rss_kb(int pid) { return field_kb(test::process_file(pid, "smaps_rollup"), "Rss"); }

}  // namespace runyard::bench
