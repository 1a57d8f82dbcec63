:- initialization(main).

main :-
    format("before~n"),
    X is foo + 1,
    print(X).
