print("before")
local items = nil
print(items.length)
