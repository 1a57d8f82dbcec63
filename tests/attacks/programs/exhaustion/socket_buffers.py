# Bytes that wait in sockets and that nobody reads; not all kernels count them as the program's memory.
import os
import socket
import sys
import time

STREAM = sys.argv[1] == "tcp"
os.fork()
os.fork()
held = []
block = b"x" * 60000
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setblocking(False)
server = socket.create_server(("127.0.0.1", 0), backlog=1000)
try:
    for _ in range(400 if STREAM else 900):
        if not STREAM:
            held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            held[-1].bind(("127.0.0.1", 0))
            for _ in range(4):
                sender.sendto(block, held[-1].getsockname())
            continue
        held.append(socket.create_connection(server.getsockname()))
        held.append(server.accept()[0])
        held[-2].setblocking(False)
        try:
            while True:
                held[-2].send(block)
        except BlockingIOError:
            pass
except OSError:
    pass
time.sleep(60)
