import os

for target in ("/etc/passwd", "/runyard/agent", "/proc/1/environ", "/usr/bin/python3"):
    try:
        os.link(target, "/box/linked")
    except OSError:
        continue
    print("linked", target)
print("held")
