# Everything outside of the job's own folders that can be opened for writing.
import os
import stat

OWN = ("/box", "/tmp", "/dev/shm", "/proc/self", "/proc/thread-self", f"/proc/{os.getpid()}")
HARMLESS = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/stdin",
            "/dev/stdout", "/dev/stderr"}
# The kernel lets everybody open these and checks each write: another program tries that.
CHECKED_LATER = ("/proc/1/", "/proc/pressure/")
opened = []


def try_folder(folder):
    try:
        file = os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
        os.close(file)
        opened.append(folder + "/")
    except OSError:
        pass
    try:
        os.mkdir(folder + "/made-by-a-job")
        opened.append(folder + "/")
    except OSError:
        pass


for top, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if not os.path.join(top, name).startswith(OWN)
                  and not os.path.islink(os.path.join(top, name))
                  and not (top == "/proc" and name.isdigit() and name != "1")]
    if top.count("/") > (2 if top.startswith("/usr/") else 4):
        folders[:] = []
    try_folder(top)
    for name in names:
        path = os.path.join(top, name)
        if path in HARMLESS or path.startswith(("/dev/fd", *CHECKED_LATER)) or os.path.islink(path):
            continue
        try:
            status = os.stat(path)
            # What the engine masks is /dev/null.
            if stat.S_ISFIFO(status.st_mode) or status.st_rdev == os.makedev(1, 3):
                continue
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY))
        except OSError:
            continue
        opened.append(path)
for path in sorted(set(opened)):
    print(path)
print("held")
