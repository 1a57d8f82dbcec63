-module(greeting).
-export([main/1]).

main(Arguments) ->
    io:format("~s with ~p~n", [?MODULE, Arguments]).
