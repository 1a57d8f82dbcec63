let () =
  print_endline "before";
  Unix.sleep 30
