import os

for name in ("/box", "/tmp", "/dev/shm"):
    os.makedirs(f"{name}/a/b/c")
    with open(f"{name}/a/b/c/file", "w", encoding="ascii") as file:
        file.write("x")
    for folder in ("a/b/c", "a/b", "a"):
        os.chmod(f"{name}/{folder}", 0)
print("made")
