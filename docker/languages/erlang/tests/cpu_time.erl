-module(main).
-export([main/0]).

main() -> count(0).
count(Total) -> count(Total + 1).
