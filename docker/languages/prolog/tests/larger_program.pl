:- initialization(main).
:- use_module(library(clpfd)).
:- use_module(library(dcg/basics)).
:- dynamic balance/2.

main :-
    read_line_to_codes(user_input, Codes),
    (   Codes == end_of_file
    ->  report
    ;   phrase(command(Command), Codes),
        catch(run(Command), refused(Name, Balance), format("refused: ~w has only ~w~n", [Name, Balance])),
        main
    ).

command(deposit(Name, Amount)) --> "deposit", blanks, name(Name), blanks, integer(Amount).
command(withdraw(Name, Amount)) --> "withdraw", blanks, name(Name), blanks, integer(Amount).
command(transfer(From, To, Amount)) --> "transfer", blanks, name(From), blanks, name(To), blanks, integer(Amount).
name(Name) --> string_without(` `, Codes), { Codes \== [], atom_codes(Name, Codes) }.

run(deposit(Name, Amount)) :- change(Name, Amount).
run(withdraw(Name, Amount)) :- change(Name, -Amount).
run(transfer(From, To, Amount)) :- change(From, -Amount), change(To, Amount).

change(Name, Amount) :-
    (   balance(Name, Old) -> true ; Old = 0 ),
    New is Old + Amount,
    (   New < 0 -> throw(refused(Name, Old)) ; true ),
    retractall(balance(Name, _)),
    assertz(balance(Name, New)).

report :-
    findall(Name=Balance, balance(Name, Balance), Unsorted),
    sort(Unsorted, Balances),
    line(Balances),
    aggregate_all(count, queens(6, _), Queens),
    format("queens ~w~n", [Queens]),
    fibonacci(50, Fibonacci),
    format("fibonacci ~w~n", [Fibonacci]),
    split_string("the quick the lazy the dog quick", " ", "", Words),
    counts(Words, Counts),
    line(Counts).

line(Pairs) :-
    maplist([Name=Value, Text]>>format(atom(Text), "~w=~w", [Name, Value]), Pairs, Texts),
    atomic_list_concat(Texts, ' ', Line),
    format("~w~n", [Line]).

queens(Size, Columns) :-
    length(Columns, Size),
    Columns ins 1..Size,
    all_distinct(Columns),
    safe(Columns),
    labeling([ff], Columns).

safe([]).
safe([Column | Others]) :- apart(Column, Others, 1), safe(Others).
apart(_, [], _).
apart(Column, [Other | Others], Distance) :-
    abs(Column - Other) #\= Distance,
    Next is Distance + 1,
    apart(Column, Others, Next).

:- table fibonacci/2.
fibonacci(0, 0).
fibonacci(1, 1).
fibonacci(N, F) :-
    N > 1,
    A is N - 1,
    B is N - 2,
    fibonacci(A, FA),
    fibonacci(B, FB),
    F is FA + FB.

counts(Words, Counts) :-
    msort(Words, Sorted),
    clumped_strings(Sorted, Clumps),
    sort(2, @>=, Clumps, Counts).
clumped_strings(Sorted, Clumps) :-
    maplist([Word, Word-x]>>true, Sorted, Pairs),
    pairs_keys(Pairs, Keys),
    maplist([Key, Atom]>>atom_string(Atom, Key), Keys, Atoms),
    maplist([Atom, Atom-1]>>true, Atoms, Ones),
    group_pairs_by_key(Ones, Groups),
    maplist([Atom-List, Atom=Count]>>length(List, Count), Groups, Clumps).
