:- initialization(main).

main :-
    format("before~n"),
    member(4, [1, 2, 3]).
