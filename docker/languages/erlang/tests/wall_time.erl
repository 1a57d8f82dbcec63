-module(main).
-export([main/0]).

main() ->
    io:format("before~n"),
    timer:sleep(30000).
