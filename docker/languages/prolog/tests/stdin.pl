:- initialization(main).

main :-
    read_line_to_string(user_input, First),
    number_string(Count, First),
    read_line_to_string(user_input, Second),
    split_string(Second, " ", "", Words),
    maplist([Word, Number]>>number_string(Number, Word), Words, Numbers),
    length(Numbers, Count),
    sum_list(Numbers, Sum),
    format("sum ~w~n", [Sum]),
    rest.

rest :-
    read_line_to_string(user_input, Line),
    (   Line == end_of_file
    ->  true
    ;   format("last ~w~n", [Line]),
        rest
    ).
