import sys


def down(n):
    return down(n + 1)


sys.setrecursionlimit(1 << 30)
down(0)
