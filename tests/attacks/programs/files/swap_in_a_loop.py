# A file and a link take each other's name as fast as they can, until the end and beyond.
import os
import time

with open("file", "w", encoding="ascii") as file:
    file.write("mine")
os.symlink("/etc/passwd", "link")
os.rename("file", "artifact")
os.symlink("/etc/passwd", "file")
for _ in range(2):
    os.fork()
end = time.monotonic() + 0.3
while time.monotonic() < end or os.getppid() != 1:
    for one, other in (("artifact", "spare"), ("link", "artifact"), ("artifact", "link"), ("spare", "artifact")):
        try:
            os.rename(one, other)
        except OSError:
            pass
