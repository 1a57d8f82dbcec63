-module(main).
-export([main/0]).

main() -> grow([]).
grow(Blocks) -> grow([binary:copy(<<"x">>, 4000000) | Blocks]).
