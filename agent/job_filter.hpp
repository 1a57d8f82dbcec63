#pragma once
// The second seccomp filter. The container's profile says what no container may do; this one adds
// what no job may.
//
// It is loaded once, into the agent itself, so every child inherits it: loading it anew in each
// child would cost each run the kernel's compilation of it, and the agent needs nothing that it
// refuses.
#include <linux/filter.h>

#include <vector>

namespace runyard::agent {

/// The program, a pure function of the architecture. Calls that only an attack makes kill the
/// process (SIGSYS); what a runtime may try, and live without, gets an errno.
std::vector<sock_filter> job_filter();

/// Loads the program for this process and its children to come. False and errno when the kernel
/// refuses.
bool load_job_filter();

}  // namespace runyard::agent
