let () =
  while true do
    print_endline "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
  done
