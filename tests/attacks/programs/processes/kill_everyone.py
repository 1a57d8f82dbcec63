import os
import signal

for number in range(1, 65):
    try:
        os.kill(1, number)
    except PermissionError:
        continue
    raise SystemExit(f"PID 1 took signal {number}")
for number in (1, 2, 15):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    for number in (1, 2, 15, 19, 9):
        try:
            os.kill(-1, number)
        except OSError:
            pass
    os._exit(0)
os.wait()
