:- initialization(main).

main :- format("never~n"
