:- initialization(main).

main :-
    format("before~n"),
    flush_output,
    sleep(30).
