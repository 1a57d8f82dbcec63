import os
import signal
import sys

signal.signal(int(sys.argv[1]), signal.SIG_DFL) if int(sys.argv[1]) not in (9, 19) else None
os.kill(os.getpid(), int(sys.argv[1]))
signal.pause()
