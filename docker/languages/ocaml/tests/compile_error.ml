let () = print_int missing
