number = 0
while True:
    with open(f"file{number}", "wb") as file:
        file.write(bytes(1024 * 1024))
    number += 1
