# What later programs of the same home folder might load.
import os
import site

os.makedirs(site.getusersitepackages(), exist_ok=True)
for name in ("/box/.bashrc", "/box/.profile", "/box/.bash_profile", "/box/.pythonrc", "/box/sitecustomize.py",
             "/box/usercustomize.py", "/box/os.py", "/box/encodings.py", "/box/pyvenv.cfg", "/box/.npmrc", "/box/.gdbinit",
             "/tmp/sitecustomize.py", site.getusersitepackages() + "/usercustomize.py",
             site.getusersitepackages() + "/evil.pth"):
    with open(name, "w", encoding="ascii") as file:
        file.write("import sys; print('owned'); sys.exit(7)\n")
print("made")
