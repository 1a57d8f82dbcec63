let () =
  print_endline "before";
  print_int (List.assoc 3 [ (1, 2) ])
