-module(main).
-export([main/0]).

%% Each account is a process; the bank is the one that knows them.
main() ->
    Accounts = read(#{}),
    Balances = [{Name, ask(Account, balance)} || {Name, Account} <- lists:sort(maps:to_list(Accounts))],
    show(Balances),
    io:format("queens ~w~n", [queens(6, [])]),
    {Fibonacci, _} = lists:foldl(fun(_, {A, B}) -> {B, A + B} end, {0, 1}, lists:seq(1, 50)),
    io:format("fibonacci ~w~n", [Fibonacci]),
    Words = string:lexemes("the quick the lazy the dog quick", " "),
    Counts = lists:foldl(fun(Word, Map) -> maps:update_with(Word, fun(N) -> N + 1 end, 1, Map) end, #{}, Words),
    show(lists:sort(fun({A, M}, {B, N}) -> {-M, A} =< {-N, B} end, maps:to_list(Counts))).

show(Pairs) ->
    io:format("~ts~n", [lists:join(" ", [io_lib:format("~ts=~w", [Key, Value]) || {Key, Value} <- Pairs])]).

read(Accounts) ->
    case io:get_line("") of
        eof -> Accounts;
        Line -> read(run(string:lexemes(string:trim(Line), " "), Accounts))
    end.

run(["deposit", Name, Amount], Accounts) ->
    {Account, Known} = account(Name, Accounts),
    ask(Account, {change, list_to_integer(Amount)}),
    Known;
run(["withdraw", Name, Amount], Accounts) ->
    {Account, Known} = account(Name, Accounts),
    withdraw(Name, Account, Amount),
    Known;
run(["transfer", From, To, Amount], Accounts) ->
    {Account, Known} = account(From, Accounts),
    case withdraw(From, Account, Amount) of
        ok -> run(["deposit", To, Amount], Known);
        refused -> Known
    end.

withdraw(Name, Account, Amount) ->
    case ask(Account, {change, -list_to_integer(Amount)}) of
        {refused, Balance} -> io:format("refused: ~ts has only ~w~n", [Name, Balance]), refused;
        _ -> ok
    end.

account(Name, Accounts) ->
    case Accounts of
        #{Name := Account} -> {Account, Accounts};
        _ ->
            Account = spawn_link(fun() -> account_loop(0) end),
            {Account, Accounts#{Name => Account}}
    end.

account_loop(Balance) ->
    receive
        {Asker, Reference, {change, Amount}} when Balance + Amount < 0 ->
            Asker ! {Reference, {refused, Balance}},
            account_loop(Balance);
        {Asker, Reference, {change, Amount}} ->
            Asker ! {Reference, ok},
            account_loop(Balance + Amount);
        {Asker, Reference, balance} ->
            Asker ! {Reference, Balance},
            account_loop(Balance)
    end.

ask(Account, Question) ->
    Reference = make_ref(),
    Account ! {self(), Reference, Question},
    receive {Reference, Answer} -> Answer after 5000 -> exit(no_answer) end.

queens(Size, Columns) when length(Columns) =:= Size -> 1;
queens(Size, Columns) ->
    lists:sum([queens(Size, [Column | Columns]) || Column <- lists:seq(1, Size), safe(Column, Columns, 1)]).

safe(_, [], _) -> true;
safe(Column, [Taken | Others], Distance) ->
    Taken =/= Column andalso abs(Taken - Column) =/= Distance andalso safe(Column, Others, Distance + 1).
