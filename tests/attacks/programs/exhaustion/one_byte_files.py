for number in range(1000000):
    with open(f"/box/{number}", "w") as file:
        file.write("x")
