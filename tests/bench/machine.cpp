#include "tests/bench/machine.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace runyard::bench {
namespace {

std::string proc_file(int pid, const char* name) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

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

long pss_kb(int pid) { return field_kb(proc_file(pid, "smaps_rollup"), "Pss"); }
long rss_kb(int pid) { return field_kb(proc_file(pid, "smaps_rollup"), "Rss"); }

std::vector<std::string> arguments_of(int pid) {
  std::istringstream in(proc_file(pid, "cmdline"));
  std::vector<std::string> all;
  for (std::string one; std::getline(in, one, '\0');) all.push_back(one);
  return all;
}

std::vector<int> all_processes() {
  std::vector<int> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc"))
    if (const int pid = std::atoi(entry.path().filename().c_str()); pid > 0) all.push_back(pid);
  return all;
}

int parent_of(int pid) {
  const auto text = "\n" + proc_file(pid, "status");
  return static_cast<int>(field_kb(text, "PPid"));
}

}  // namespace runyard::bench
