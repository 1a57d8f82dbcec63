:- initialization(main).

main :-
    repeat,
    forall(between(1, 100, _), put_char(y)),
    nl,
    fail.
