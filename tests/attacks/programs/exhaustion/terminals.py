import os

for name in ("/dev/ptmx", "/dev/pts/ptmx"):
    for _ in range(5000):
        try:
            os.open(name, os.O_RDWR | os.O_NOCTTY)
        except OSError:
            continue
        raise SystemExit("a terminal was opened")
print("held")
