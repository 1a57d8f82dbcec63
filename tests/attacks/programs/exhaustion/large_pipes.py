import fcntl
import os
import time

count = 0
held = []
try:
    while True:
        held.append(os.pipe())
        fcntl.fcntl(held[-1][1], 1031, 1 << 20)  # F_SETPIPE_SZ
        count += 1
except OSError:
    pass
print(count, flush=True)
time.sleep(60)
