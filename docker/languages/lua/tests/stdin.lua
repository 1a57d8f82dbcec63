local count = io.read("n", "l")
local sum, seen = 0, 0
for number in io.read("l"):gmatch("%d+") do
  sum = sum + tonumber(number)
  seen = seen + 1
end
assert(seen == count)
print("sum " .. sum)
for line in io.lines() do
  print("last " .. line)
end
