Stream.repeatedly(fn -> String.duplicate("y", 100) end) |> Enum.each(&IO.puts/1)
