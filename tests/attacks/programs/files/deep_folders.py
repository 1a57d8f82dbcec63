import os

for depth in range(5000):
    os.mkdir("d" * (1 + depth % 200))
    os.chdir("d" * (1 + depth % 200))
    if depth % 100 == 0:
        with open("file", "w", encoding="ascii") as file:
            file.write("x")
    if depth % 50 == 49:
        os.chmod(".", 0o300)
print("made")
