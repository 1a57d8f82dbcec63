let () =
  let rec grow blocks = if List.length blocks < 0 then blocks else grow (Bytes.make 4_000_000 'x' :: blocks) in
  ignore (Sys.opaque_identity (grow []))
