import os
import socket

for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    server = socket.socket(family)
    try:
        server.bind((address, 0))
    except OSError:
        if family == socket.AF_INET6:  # a kernel without it
            continue
        raise
    server.listen()
    if os.fork() == 0:
        with socket.create_connection(server.getsockname()[:2]) as client:
            client.sendall(b"hello")
        os._exit(0)
    peer, _ = server.accept()
    if peer.recv(5) != b"hello":
        print("wrong answer")
    os.wait()
print("held")
