# Writes to whatever is open, and would be open if it leaked.
import os

kept = set(os.listdir("/proc/self/fd"))
for number in range(3, 5000):
    try:
        os.write(number, b"\x01\x00\x00\x00\x45\x00\x00\x00\x01\x00\x00\x00x")
        print("wrote to", number)
    except OSError:
        pass
print("held")
