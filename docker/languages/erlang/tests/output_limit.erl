-module(main).
-export([main/0]).

main() ->
    io:format("~s~n", [lists:duplicate(100, $y)]),
    main().
