total = 1u64
while total != 0
  total = total &* 6364136223846793005u64 | 1
end
