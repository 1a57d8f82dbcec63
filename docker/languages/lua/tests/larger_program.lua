local Account = {}
Account.__index = Account

function Account.new(name)
  return setmetatable({ name = name, balance = 0 }, Account)
end

function Account:deposit(amount)
  self.balance = self.balance + amount
end

function Account:withdraw(amount)
  if amount > self.balance then
    error(self.name .. " has only " .. self.balance, 0)
  end
  self.balance = self.balance - amount
end

local accounts = setmetatable({}, {
  __index = function(all, name)
    all[name] = Account.new(name)
    return all[name]
  end,
})

local commands = {
  deposit = function(name, amount) accounts[name]:deposit(amount) end,
  withdraw = function(name, amount) accounts[name]:withdraw(amount) end,
  transfer = function(from, to, amount)
    accounts[from]:withdraw(amount)
    accounts[to]:deposit(amount)
  end,
}

for line in io.lines() do
  local words = {}
  for word in line:gmatch("%S+") do
    words[#words + 1] = math.tointeger(word) or word
  end
  local done, message = pcall(commands[table.remove(words, 1)], table.unpack(words))
  if not done then print("refused: " .. message) end
end

local function sorted(map, less)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, less)
  return coroutine.wrap(function()
    for _, key in ipairs(keys) do coroutine.yield(key, map[key]) end
  end)
end

local balances = {}
for name, account in sorted(accounts) do balances[#balances + 1] = name .. "=" .. account.balance end
print(table.concat(balances, " "))

local function queens(size, columns)
  local row = #columns + 1
  if row > size then return 1 end
  local count = 0
  for column = 1, size do
    local free = true
    for other, taken in ipairs(columns) do
      free = free and taken ~= column and math.abs(taken - column) ~= row - other
    end
    if free then
      columns[row] = column
      count = count + queens(size, columns)
      columns[row] = nil
    end
  end
  return count
end
print("queens " .. queens(6, {}))

local first, second = 0, 1
for _ = 1, 50 do first, second = second, first + second end
print("fibonacci " .. first)

local counts = {}
for word in ("the quick the lazy the dog quick"):gmatch("%a+") do counts[word] = (counts[word] or 0) + 1 end
local parts = {}
for word, count in sorted(counts, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end) do
  parts[#parts + 1] = ("%s=%d"):format(word, count)
end
print(table.concat(parts, " "))
