import os

for number in range(1000000):
    os.mkdir(f"/tmp/{number}")
