:- initialization(main).

main :- grow([]).
grow(List) :- grow([block(List, a, b, c, d, e, f, g) | List]).
