# Forty processes, each with as many descriptors as it gets.
import os
import time

for _ in range(40):
    if os.fork() == 0:
        held = []
        try:
            while True:
                held.append(os.pipe())
        except OSError:
            pass
        time.sleep(60)
time.sleep(0.7)
print("held")
