#pragma once
// Where a job may open files for writing at all, whatever their permissions say: Landlock.
//
// procfs and sysfs hold files that everybody may write to and that belong to the host. One kind is
// worse than the rest: a trigger on /proc/pressure takes the kernel some 15 ms to take away, in the
// exit of a process that nothing can kill meanwhile, so a program with a thousand of them outlived
// its sandbox by 15 s.
namespace runyard::agent {

/// Makes the rules, once, before the first job: /box, /tmp and /dev, with the mounts below them.
/// True without any effect where the kernel has no Landlock that can allow renaming between folders
/// (before Linux 5.19); kernels before 6.5 give no triggers to jobs anyway. False and errno when it
/// has and refuses.
bool prepare_write_scope();

/// Puts the calling process under the rules for good, and all its children. One system call; for
/// children between vfork and execve. Must come before the descriptors above 2 are closed. Returns
/// 0 or an errno.
int enter_write_scope();

}  // namespace runyard::agent
