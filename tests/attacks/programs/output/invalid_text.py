import sys

sys.stdout.buffer.write(b"a\0b\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\x80c\n")
sys.stderr.buffer.write(bytes(range(256)))
