import sys

import numpy

count = int(input())
numbers = numpy.fromstring(input(), dtype=int, sep=" ")
assert numbers.size == count
print("sum", numbers.sum())
for line in sys.stdin:
    print("last", line.rstrip("\n"))
