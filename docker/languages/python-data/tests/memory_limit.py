import numpy

blocks = []
while True:
    blocks.append(numpy.ones(1_000_000))
