(* Functors, variants, records, objects, exceptions, threads and the standard library's tables. *)
module type MONOID = sig
  type t

  val one : t
  val times : t -> t -> t
end

module Power (M : MONOID) = struct
  let rec of_ base = function
    | 0 -> M.one
    | n ->
        let half = of_ (M.times base base) (n / 2) in
        if n land 1 = 1 then M.times base half else half
end

module Matrix = struct
  type t = { a : int64; b : int64; c : int64; d : int64 }

  let one = { a = 1L; b = 0L; c = 0L; d = 1L }

  let times l r =
    let open Int64 in
    {
      a = add (mul l.a r.a) (mul l.b r.c);
      b = add (mul l.a r.b) (mul l.b r.d);
      c = add (mul l.c r.a) (mul l.d r.c);
      d = add (mul l.c r.b) (mul l.d r.d);
    }
end

module Matrix_power = Power (Matrix)

let fibonacci n = (Matrix_power.of_ Matrix.{ a = 1L; b = 1L; c = 1L; d = 0L } n).b

let queens size =
  let rec place row columns left right =
    if row = size then 1
    else
      List.init size (fun i -> 1 lsl i)
      |> List.filter (fun bit -> (columns lor left lor right) land bit = 0)
      |> List.map (fun bit -> place (row + 1) (columns lor bit) ((left lor bit) lsl 1) ((right lor bit) lsr 1))
      |> List.fold_left ( + ) 0
  in
  place 0 0 0 0

exception Negative of float

let root x = if x < 0. then raise (Negative x) else sqrt x

class words =
  object
    val counts : (string, int) Hashtbl.t = Hashtbl.create 16
    val mutable total = 0

    method add word =
      total <- total + 1;
      Hashtbl.replace counts word (1 + Option.value ~default:0 (Hashtbl.find_opt counts word))

    method total = total

    method sorted =
      Hashtbl.to_seq counts |> List.of_seq |> List.sort (fun (w, n) (v, m) -> if n <> m then compare m n else compare w v)
  end

let () =
  let words = new words in
  (try
     while true do
       Str.split (Str.regexp " +") (input_line stdin) |> List.iter words#add
     done
   with End_of_file -> ());
  List.iter (fun (word, count) -> Printf.printf "%s %d\n" word count) words#sorted;
  (match root (-1.) with _ -> assert false | exception Negative _ -> ());
  let found = ref 0 in
  Thread.join (Thread.create (fun () -> found := queens 8) ());
  Printf.printf "%d words, fibonacci %Ld, queens %d, root %.6f\n" words#total (fibonacci 90) !found (root 2.)
