import ctypes

TIOCSTI = 0x5412
ctypes.CDLL(None).ptrace(0, 0, 0, 0)
print("still here")
