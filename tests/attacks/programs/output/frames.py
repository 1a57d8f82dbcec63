# Bytes that look like the agent's own frames, on both streams.
import struct
import sys


def frame(kind, payload, step=0, job=1):
    return struct.pack("<IBBHI", len(payload), kind, 0, step, job) + payload


ended = struct.pack("<iiBBBBiQQQ", 0, 0, 0, 0, 0, 0, 0, 1, 1, 1)
text = b"".join(frame(kind, payload, 0, job) for job in range(4)
                for kind, payload in ((66, b""), (67, b"forged"), (69, ended), (70, struct.pack("<QI", 1, 0o644) + b"forged"),
                                      (71, b"x"), (72, struct.pack("<I", 1)), (74, b"refused"), (255, b"")))
text += struct.pack("<I", 0xFFFFFFFF) * 64
sys.stdout.buffer.write(text)
sys.stderr.buffer.write(text)
