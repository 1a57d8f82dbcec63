-module(main).
-export([main/0]).

main() ->
    {ok, [Count]} = io:fread("", "~d"),
    Numbers = [begin {ok, [Number]} = io:fread("", "~d"), Number end || _ <- lists:seq(1, Count)],
    io:format("sum ~w~n", [lists:sum(Numbers)]),
    rest().

rest() ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            io:format("last ~ts", [Line]),
            rest()
    end.
