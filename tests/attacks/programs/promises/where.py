# The folder of the host that this container would write to names the container.
import sys
import time

with open("/proc/self/mountinfo", encoding="ascii") as mounts:
    print([word[9:] for line in mounts if " / / " in line for word in line.strip().split(",") if word.startswith("upperdir=")][0])
time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0)
