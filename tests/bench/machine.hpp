#pragma once
// What the machine is and does.
#include <string>
#include <vector>

namespace runyard::bench {

int cores();
double now_s();
/// CPU seconds that everything on this machine has used since it started, without idle, I/O wait
/// and steal.
double machine_cpu_s();
/// CPU seconds of this process.
double own_cpu_s();
/// The three load averages as /proc/loadavg has them.
std::string load_averages();
/// One core's share that the machine uses while the bench sleeps for `seconds`: what others do
/// meanwhile.
double background_cores(double seconds);
std::string machine_name();

/// Proportional set size of a process in KiB (/proc/PID/smaps_rollup), 0 when it is gone.
long pss_kb(int pid);
long rss_kb(int pid);

}  // namespace runyard::bench
