# PID 1 is the agent: nothing of it can be read that is not public, nothing written.
import os

FOLDER = "/proc/1/"
PUBLIC = {"cmdline", "comm", "stat", "status", "statm", "cgroup", "limits", "loginuid", "sessionid", "mounts", "mountinfo",
          "sched", "schedstat", "oom_score", "oom_score_adj", "oom_adj", "cpuset", "wchan", "cpu_resctrl_groups", "arch_status",
          "autogroup", "coredump_filter", "uid_map", "gid_map", "projid_map", "setgroups", "timers", "timerslack_ns",
          "timens_offsets", "latency", "patch_state"}
for name in sorted(os.listdir(FOLDER)):
    path = FOLDER + name
    if os.path.isdir(path) and name not in ("cwd", "root"):
        if name in ("fd", "fdinfo", "map_files", "ns"):
            try:
                for entry in os.listdir(path):
                    try:
                        os.stat(f"{path}/{entry}")
                        print(f"{path}/{entry}")
                    except OSError:
                        pass
            except OSError:
                pass
        continue
    for flags, what in ((os.O_RDONLY, "read"), (os.O_WRONLY, "write")):
        if what == "read" and name in PUBLIC:
            continue
        try:
            file = os.open(path, flags | os.O_NONBLOCK)
            if what == "read" and not os.path.isdir(path) and not os.read(file, 1):
                continue
            # Some can be opened by everybody; the kernel looks at who writes.
            if what == "write" and not os.write(file, b"50001"):
                continue
        except OSError:
            continue
        print(what, path)
for name in os.listdir("/proc/1/attr"):
    for text in (b"", b"unconfined", b"docker-default"):
        try:
            if os.write(os.open(f"/proc/1/attr/{name}", os.O_WRONLY), text):
                print("write attr", name)
        except OSError:
            pass
with open("/proc/1/cmdline", "rb") as file:
    if file.read() != b"/runyard/agent\0":
        print("the command line says more than the agent's path")
for path in ("/proc/1/root/box", "/proc/1/cwd/box", "/proc/1/fd/0", "/proc/1/fd/200", "/proc/1/mem"):
    try:
        os.open(path, os.O_RDONLY)
    except OSError:
        continue
    print("open", path)
print("held")
