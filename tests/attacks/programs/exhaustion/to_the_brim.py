# Memory filled by files almost to its limit, and then a good end: the agent has next to nothing left to work with.
import os

V1 = "/sys/fs/cgroup/memory/memory."
usage, limit = ("usage_in_bytes", "limit_in_bytes") if os.path.exists(V1 + "usage_in_bytes") else ("current", "max")
root = V1 if os.path.exists(V1 + "usage_in_bytes") else "/sys/fs/cgroup/memory."


def left():
    with open(root + limit, encoding="ascii") as most, open(root + usage, encoding="ascii") as used:
        return int(most.read()) - int(used.read())


files = [open(name, "wb", buffering=0) for name in ("/dev/shm/full", "/tmp/full", "/box/full", "/box/artifact")]
for file in files:
    try:
        while left() > 160 * 1024:
            file.write(b"x" * 65536)
        while left() > 24 * 1024:
            file.write(b"x" * 4096)
    except OSError:
        pass
os.write(1, b"y" * 60000)
os._exit(0)
