# Every setuid program of the image, and one made here: none may run as another user.
import os
import shutil
import stat
import subprocess

found = []
for folder in ("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local", "/opt"):
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(path, name)
            mode = os.lstat(file).st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                found.append(file)
shutil.copy("/usr/bin/cat", "/box/mine")
os.chmod("/box/mine", 0o6755)
me = str(os.getuid())
status = subprocess.run(["/box/mine", "/proc/self/status"], capture_output=True, text=True).stdout
if [line.split()[1:] for line in status.splitlines() if line.startswith("Uid")] != [[me] * 4]:
    print("own setuid program", status)
for file in found:
    child = subprocess.Popen([file], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with open(f"/proc/{child.pid}/status", encoding="ascii") as status:
            users = {line.split()[0]: set(line.split()[1:]) for line in status if line[1:3] == "id"}
        if users["Uid:"] != {me} or users["Gid:"] != {me}:
            print(file, users)
    except (OSError, KeyError):
        pass
    child.kill()
    child.wait()
print("held")
