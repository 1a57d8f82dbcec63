# Forty daemons with a name that the host can look for; main ends at once.
import os
import shutil
import signal
import sys

shutil.copy("/usr/bin/sleep", "/box/sleep")
for _ in range(40):
    if os.fork() == 0:
        os.setsid()
        for number in (1, 2, 13, 15, 17, 20):
            signal.signal(number, signal.SIG_IGN)
        os.execv("/box/sleep", [sys.argv[1], "1000"])
