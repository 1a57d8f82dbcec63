# There is nothing but loopback: each attempt fails, and fails at once.
import errno
import os
import socket
import time

TARGETS = [("8.8.8.8", 53), ("1.1.1.1", 443), ("10.0.0.1", 80), ("192.168.0.1", 80), ("172.16.0.1", 80), ("172.17.0.1", 80),
           ("172.17.0.1", 8080), ("169.254.169.254", 80), ("100.64.0.1", 80), ("224.0.0.1", 80), ("255.255.255.255", 80),
           ("0.0.0.0", 5432), ("127.0.0.1", 8080), ("127.0.0.1", 5432), ("127.0.0.1", 2375)]
TARGETS6 = [("2001:4860:4860::8888", 53), ("fe80::1", 80), ("fd00::1", 80), ("::ffff:169.254.169.254", 80),
            ("64:ff9b::808:808", 80), ("::1", 8080)]
begin = time.monotonic()
for family, kind, targets in ((socket.AF_INET, socket.SOCK_STREAM, TARGETS), (socket.AF_INET, socket.SOCK_DGRAM, TARGETS),
                              (socket.AF_INET6, socket.SOCK_STREAM, TARGETS6),
                              (socket.AF_INET6, socket.SOCK_DGRAM, TARGETS6)):
    for target in targets:
        try:
            one = socket.socket(family, kind)
            one.settimeout(5)
            one.connect(target)
        except OSError as error:
            if isinstance(error, TimeoutError) or error.errno in (errno.EINPROGRESS, errno.ETIMEDOUT):
                print("no quick answer from", target)
            continue
        if kind == socket.SOCK_DGRAM and (target[0].startswith("127.") or target[0] in ("::1", "0.0.0.0")):
            continue
        print("connected to", target, kind)
for name in ("example.com", "metadata.google.internal", "host.docker.internal", "gateway.docker.internal"):
    try:
        print("resolved", name, socket.getaddrinfo(name, 80))
    except OSError:
        pass
if time.monotonic() - begin > 4:
    print("took", time.monotonic() - begin)
with open("/proc/net/dev", encoding="ascii") as file:
    devices = [line.split(":")[0].strip() for line in file.readlines()[2:]]
for device in devices:
    with open(f"/sys/class/net/{device}/flags", encoding="ascii") as file:
        if device != "lo" and int(file.read(), 16) & 1:
            print("device", device)
with open("/proc/net/route", encoding="ascii") as file:
    if len(file.readlines()) > 1:
        print("there is a route")
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"):
    if os.path.exists(path):
        print(path)
print("held")
