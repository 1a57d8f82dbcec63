# Files in /dev/shm are memory: they and the heap count together.
with open("/dev/shm/full", "wb") as file:
    try:
        while True:
            file.write(bytes(1024 * 1024))
            file.flush()
    except OSError:
        pass
heap = []
while True:
    heap.append(b"x" * (1024 * 1024))
