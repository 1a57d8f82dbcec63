import numpy

print("before", flush=True)
numpy.arange(3) @ numpy.arange(4)
