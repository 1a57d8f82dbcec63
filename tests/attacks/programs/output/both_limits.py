# Exactly the limit on both streams, and one byte more when asked to.
import sys

size = int(sys.argv[1])
sys.stdout.buffer.write(b"o" * size)
sys.stdout.flush()
sys.stderr.buffer.write(b"e" * size)
