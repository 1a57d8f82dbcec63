let () =
  let count = Scanf.scanf " %d" Fun.id in
  let sum = List.fold_left ( + ) 0 (List.init count (fun _ -> Scanf.scanf " %d" Fun.id)) in
  Printf.printf "sum %d\n" sum;
  let line = Scanf.scanf " %[^\n]" Fun.id in
  Printf.printf "last %s\n" line
