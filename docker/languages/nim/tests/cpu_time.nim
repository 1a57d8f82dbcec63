var total = 1'u64
while total != 0:
  total = total * 6364136223846793005'u64 or 1
