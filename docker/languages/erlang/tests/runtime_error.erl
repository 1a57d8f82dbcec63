-module(main).
-export([main/0]).

main() ->
    io:format("before~n"),
    lists:nth(4, [1, 2, 3]).
