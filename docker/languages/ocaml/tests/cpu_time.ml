let () =
  let total = ref 1 in
  while !total <> 0 do
    total := (!total * 3) lor 1
  done
