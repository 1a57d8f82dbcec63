#!/usr/bin/env python3
"""Writes profile.json, the seccomp profile of every sandbox, from the groups below.

    generate.py            write profile.json beside this file
    generate.py --check    exit 1, naming the difference, when profile.json is not what would be written

The starting point is Docker's default profile (moby, profiles/seccomp/default_linux.go) with the rules for
capabilities that a sandbox never has left out. Each group that differs from it says why.

Two properties of old engines (Docker 20.10, libseccomp 2.5) shape the result: `defaultErrnoRet` is ignored,
so every refused call is listed with its own errno; and a name that libseccomp does not know is skipped, so
calls newer than it do no harm here and fall to the default action, which refuses.
"""
import json
import pathlib
import sys

EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
PROFILE = pathlib.Path(__file__).resolve().parent / "profile.json"

ALLOWED = {
    "Files and folders, within what the mounts and the uid permit": """
        access cachestat chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3
        faccessat faccessat2 fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown
        fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat
        fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64
        getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl lchown
        lchown32 lgetxattr link linkat listxattr listxattrat llistxattr _llseek lremovexattr lseek lsetxattr
        lstat lstat64 mkdir mkdirat mknod mknodat newfstatat open openat openat2 pread64 preadv preadv2
        pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv removexattr removexattrat rename
        renameat renameat2 rmdir sendfile sendfile64 setxattr setxattrat splice stat stat64 statfs statfs64
        statx symlink symlinkat sync_file_range sync_file_range2 tee truncate truncate64 umask unlink
        unlinkat utime utimensat utimensat_time64 utimes write writev""",
    "Waiting for descriptors": """
        epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait
        epoll_wait_old eventfd eventfd2 _newselect pipe pipe2 poll ppoll ppoll_time64 pselect6
        pselect6_time64 select signalfd signalfd4 timerfd_create timerfd_gettime timerfd_gettime64
        timerfd_settime timerfd_settime64""",
    "Memory of the process itself": """
        brk get_mempolicy madvise map_shadow_stack membarrier memfd_create mincore mlock mlock2 mlockall
        mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
        remap_file_pages""",
    "Processes, threads and their limits": """
        arch_prctl capget capset execve execveat exit exit_group fork getcpu getegid getegid32 geteuid
        geteuid32 getgid getgid32 getgroups getgroups32 getpgid getpgrp getpid getppid getpriority
        getresgid getresgid32 getresuid getresuid32 getrlimit get_robust_list getrusage getsid
        get_thread_area gettid getuid getuid32 ioprio_get ioprio_set kill modify_ldt nice pause
        pidfd_open pidfd_send_signal prctl prlimit64 process_mrelease restart_syscall riscv_hwprobe rseq
        sched_getaffinity sched_getattr sched_getparam sched_get_priority_max sched_get_priority_min
        sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
        sched_setattr sched_setparam sched_setscheduler sched_yield seccomp setfsgid setfsgid32 setfsuid
        setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setpriority setregid setregid32
        setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit set_robust_list setsid
        set_thread_area set_tid_address setuid setuid32 sysinfo tgkill tkill ugetrlimit uname vfork wait4
        waitid waitpid""",
    "Locks between threads": """
        futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake""",
    "Signals": """
        alarm getitimer rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
        rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo setitimer sigaltstack
        sigprocmask sigreturn""",
    "Reading clocks, sleeping, timers": """
        adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
        clock_gettime64 clock_nanosleep clock_nanosleep_time64 gettimeofday nanosleep time timer_create
        timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 times""",
    "Sockets that exist; which can be made is below": """
        accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg
        recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketpair""",
    "Random bytes, and sandboxing of oneself": """
        getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self""",
}

# reason: (errno, names)
REFUSED = {
    "io_uring: a second way to make most calls, past any filter, and a long list of escapes": (ENOSYS, """
        io_uring_setup io_uring_enter io_uring_register"""),
    "Kernel AIO: requests outlive their process; runtimes fall back to threads": (ENOSYS, """
        io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64"""),
    "clone3: its flags lie in memory, where a filter cannot look; C libraries fall back to clone": (ENOSYS, """
        clone3"""),
    "Looking into other processes": (EPERM, """
        ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd perf_event_open"""),
    "SysV IPC: objects that stay when their process has gone": (ENOSYS, """
        ipc msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl
        shmdt shmget"""),
    "POSIX message queues: likewise": (ENOSYS, """
        mq_open mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64 mq_notify
        mq_getsetattr"""),
    "Pages handed to pipes: a part of many exploits, of no program here": (ENOSYS, "vmsplice"),
    "Memory that nobody can look at or swap": (ENOSYS, "memfd_secret"),
    "Faults handled by the program: stops the kernel wherever it copies": (EPERM, "userfaultfd"),
    "Watching whole file systems": (EPERM, "fanotify_init fanotify_mark"),
    "Files by inode number, past every folder's permissions": (EPERM, "name_to_handle_at open_by_handle_at"),
    "Keyrings are per uid, not per container, and stay": (ENOSYS, "keyctl add_key request_key"),
    "Code in the kernel": (EPERM, """
        bpf init_module finit_module delete_module create_module get_kernel_syms query_module kexec_load
        kexec_file_load"""),
    "Mounts": (EPERM, """
        mount umount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsconfig fsmount
        fspick mount_setattr statmount listmount quotactl quotactl_fd swapon swapoff"""),
    "Namespaces: a user namespace gives every capability in it, and with that most kernel bugs": (EPERM, """
        unshare setns"""),
    "The machine: its clock, name, log, ports, power": (EPERM, """
        acct clock_settime clock_settime64 settimeofday stime sethostname setdomainname syslog iopl ioperm
        reboot vhangup nfsservctl lookup_dcookie _sysctl"""),
    "Where memory lies on the host": (EPERM, "mbind set_mempolicy set_mempolicy_home_node migrate_pages move_pages"),
    "Relics": (ENOSYS, "uselib ustat sysfs vm86 vm86old socketcall"),
}

# A flush of the host's disks takes as long as the host's other writers make it; nothing of a sandbox is on a disk.
NO_OPS = ("Writing everything to disk: say that it is done", "sync syncfs")

SOCKET_FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
CLONE_NEW = {
    "CLONE_NEWNS": 0x00020000, "CLONE_NEWCGROUP": 0x02000000, "CLONE_NEWUTS": 0x04000000,
    "CLONE_NEWIPC": 0x08000000, "CLONE_NEWUSER": 0x10000000, "CLONE_NEWPID": 0x20000000,
    "CLONE_NEWNET": 0x40000000,
}
# Linux, with and without UNAME26 (what Docker's default allows), and the question "which is it?".
PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)


def argument(index, value, op="SCMP_CMP_EQ", value_two=0):
    return {"index": index, "value": value, "valueTwo": value_two, "op": op}


def rule(comment, names, action="SCMP_ACT_ALLOW", args=(), errno=None):
    out = {"names": sorted(names), "action": action, "args": list(args), "comment": comment}
    if errno is not None:
        out["errnoRet"] = errno
    return out


def refused(comment, names, errno, args=()):
    return rule(comment, names, "SCMP_ACT_ERRNO", args, errno)


def rules():
    for comment, names in ALLOWED.items():
        yield rule(comment, names.split())
    for comment, (errno, names) in REFUSED.items():
        yield refused(comment, names.split(), errno)
    yield refused(NO_OPS[0], NO_OPS[1].split(), 0)

    # Families are allowed one by one: the comparison is of 64 bits, the kernel's of 32, so whatever has a high
    # bit set equals none of them and is refused.
    for name, family in SOCKET_FAMILIES.items():
        yield rule(f"Sockets of {name}", ["socket"], args=[argument(0, family)])
    for family in range(max(SOCKET_FAMILIES.values())):
        if family not in SOCKET_FAMILIES.values():
            yield refused("Other sockets", ["socket"], EAFNOSUPPORT, [argument(0, family)])
    yield refused("Other sockets: netlink, packet, vsock, alg and the rest", ["socket"], EAFNOSUPPORT,
                  [argument(0, max(SOCKET_FAMILIES.values()), "SCMP_CMP_GT")])

    every_new = 0
    for flag in CLONE_NEW.values():
        every_new |= flag
    yield rule("Threads and processes without new namespaces", ["clone"],
               args=[argument(0, every_new, "SCMP_CMP_MASKED_EQ", 0)])
    for name, flag in CLONE_NEW.items():
        yield refused(f"Not {name}", ["clone"], EPERM, [argument(0, flag, "SCMP_CMP_MASKED_EQ", flag)])

    for value in PERSONALITIES:
        yield rule("The usual personalities", ["personality"], args=[argument(0, value)])


def profile():
    listed = list(rules())
    seen = set()
    for one in listed:
        if not one["args"]:
            twice = seen.intersection(one["names"])
            if twice:
                raise SystemExit(f"listed twice: {' '.join(sorted(twice))}")
            seen.update(one["names"])
    return {
        # What is not listed is newer than this list: say that it does not exist.
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": ENOSYS,
        # No sub-architectures: the 32-bit and x32 entries of the kernel kill whoever uses them.
        "archMap": [
            {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
            {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
        ],
        "syscalls": listed,
    }


def main():
    text = json.dumps(profile(), indent=1) + "\n"
    if sys.argv[1:] == ["--check"]:
        if not PROFILE.exists() or PROFILE.read_text() != text:
            raise SystemExit(f"{PROFILE} is out of date: run {pathlib.Path(__file__).name}")
        return
    if sys.argv[1:]:
        raise SystemExit(__doc__)
    PROFILE.write_text(text)


if __name__ == "__main__":
    main()
