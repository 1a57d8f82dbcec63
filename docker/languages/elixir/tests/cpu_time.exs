defmodule Counter do
  def count(total), do: count(total + 1)
end

Counter.count(0)
