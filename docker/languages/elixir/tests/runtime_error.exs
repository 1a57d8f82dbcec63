IO.puts("before")
%{a: 1} |> Map.fetch!(:b)
