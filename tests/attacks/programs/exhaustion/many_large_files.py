for number in range(1000):
    with open(f"/box/{number}", "wb") as file:
        file.write(bytes(4 * 1024 * 1024))
