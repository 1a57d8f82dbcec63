count = IO.gets("") |> String.trim() |> String.to_integer()
numbers = IO.gets("") |> String.split() |> Enum.map(&String.to_integer/1)
^count = length(numbers)
IO.puts("sum #{Enum.sum(numbers)}")

for line <- IO.stream(:stdio, :line) do
  IO.write("last #{line}")
end
