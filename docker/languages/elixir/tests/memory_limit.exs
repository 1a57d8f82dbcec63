defmodule Blocks do
  def grow(blocks), do: grow([String.duplicate("x", 4_000_000) | blocks])
end

Blocks.grow([])
