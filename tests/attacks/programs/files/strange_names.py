import os

names = [b"new\nline", b"\x1b[2J\x1b[31mred", b"-rf", b"--help", b"*", b"$(reboot)", b"`id`", b"; ls", b" ", b"\xff\xfe",
         b"a" * 255, "日本".encode(), b"|", b"\\", b"'\"", b"\r", b"~", b"%s%n", b"..."]
for folder in (b"/box", b"/tmp"):
    for name in names:
        with open(folder + b"/" + name, "wb") as file:
            file.write(name)
        os.mkdir(folder + b"/folder" + name[:200])
print("made")
