# A harmless program that looks for traces of others and uses a little of everything.
import os
import socket

found = []
for folder, own in (("/box", {"main.py"}), ("/tmp", set()), ("/dev/shm", set()), ("/dev/mqueue", set())):
    if os.path.isdir(folder):
        found += [f"{folder}/{name!r}" for name in os.listdir(folder) if name not in own]
found += [f"process {name}" for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]
found += [name for name in os.environ
          if name not in ("HOME", "LANG", "PATH", "TMPDIR", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE")]
found += [f"descriptor {name}" for name in os.listdir("/proc/self/fd") if int(name) > 3]
if os.getuid() == 0:
    found.append("root")
with open("/proc/self/timerslack_ns", encoding="ascii") as file:
    if file.read() != "50000\n":
        found.append("timer slack")
with open("/box/file", "wb") as file:
    file.write(bytes(1 << 20))
os.mkdir("/tmp/folder")
one, other = socket.socketpair()
if os.fork() == 0:
    other.send(b"child")
    os._exit(0)
if one.recv(5) != b"child" or os.wait()[1] != 0:
    found.append("no child")
if len(b"x" * (16 << 20)) != 16 << 20:
    found.append("no memory")
print("\n".join(found) or "clean")
