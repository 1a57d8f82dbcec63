import sys
import time

with open("/proc/self/mountinfo", encoding="ascii") as mounts:
    print([word[9:] for line in mounts if " / / " in line for word in line.strip().split(",") if word.startswith("upperdir=")][0])
for name in ("/box/a", "/tmp/a", "/dev/shm/a"):
    with open(name, "wb") as file:
        file.write(b"x" * (8 << 20))
sys.stdout.write("y" * 50000)
sys.stdout.flush()
time.sleep(60)
