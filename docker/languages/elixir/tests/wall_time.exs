IO.puts("before")
Process.sleep(30_000)
