var total: UInt64 = 1
while total != 0 { total = total &* 6364136223846793005 | 1 }
print(total)
