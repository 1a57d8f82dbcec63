# Triggers on the host's pressure: the kernel offers them to all. They must go away with their process.
import os

held = []
try:
    for name in ("cpu", "io", "memory"):
        for _ in range(300):
            file = os.open(f"/proc/pressure/{name}", os.O_RDWR | os.O_NONBLOCK)
            os.write(file, b"some 500000 2000000\0")
            held.append(file)
except OSError:
    pass
print("made")
