%% Compiles and runs a submitted program in one start of the virtual machine each, where erlc and erl take two
%% processes each and wait a while when they end.
%%
%%   -s runyard_erl compile -extra MAIN FILE...   writes <stem of MAIN>.beam, and <module>.beam of the other files
%%   -s runyard_erl run -extra STEM ARGUMENT...   calls main/0, main/1 (with the arguments) or start/0 of STEM.beam
-module(runyard_erl).
-export([compile/0, run/0]).

compile() ->
    [Main | Files] = init:get_plain_arguments(),
    Built = [build(File, File =:= Main) || File <- lists:usort([Main | Files])],
    stop(case lists:member(error, Built) of true -> 1; false -> 0 end).

build(File, Main) ->
    case compile:file(File, [binary, return]) of
        {ok, Module, Code, Warnings} ->
            report("Warning: ", Warnings),
            %% The main file's name counts, whatever its module is called.
            Name = case Main of true -> filename:rootname(File); false -> atom_to_list(Module) end,
            ok = file:write_file(Name ++ ".beam", Code);
        {error, Errors, Warnings} ->
            report("", Errors),
            report("Warning: ", Warnings),
            error
    end.

report(Prefix, Lists) ->
    [io:format(standard_error, "~ts:~ts~ts~ts~n", [File, place(Item), Prefix, text(Item)]) || {File, Items} <- Lists, Item <- Items].

place({{Line, Column}, _, _}) -> io_lib:format("~w:~w: ", [Line, Column]);
place({Line, _, _}) when is_integer(Line) -> io_lib:format("~w: ", [Line]);
place(_) -> " ".

text({_, Module, Description}) -> Module:format_error(Description);
text({Module, Description}) -> Module:format_error(Description).

run() ->
    [Stem | Arguments] = init:get_plain_arguments(),
    File = Stem ++ ".beam",
    {ok, Code} = file:read_file(File),
    {Module, _} = {proplists:get_value(module, beam_lib:info(Code)), File},
    {module, Module} = code:load_binary(Module, File, Code),
    Self = self(),
    %% A process of its own, as in a shell: init is not to be the one that receives the program's messages.
    {_, Monitor} = spawn_monitor(fun() -> Self ! {ended, self(), call(Module, Arguments)} end),
    receive
        {ended, _, Status} -> stop(Status);
        {'DOWN', Monitor, process, _, Reason} ->
            io:format(standard_error, "** exit: ~tp~n", [Reason]),
            stop(1)
    end.

call(Module, Arguments) ->
    try
        case {erlang:function_exported(Module, main, 0), erlang:function_exported(Module, main, 1)} of
            {true, _} -> Module:main();
            {_, true} -> Module:main(Arguments);
            _ -> Module:start()
        end,
        0
    catch
        Class:Reason:Stack ->
            io:format(standard_error, "~ts~n", [erl_error:format_exception(Class, Reason, Stack)]),
            1
    end.

%% Once the last request was answered everything before it is written: halt drops what is still on its way.
stop(Status) ->
    io:put_chars(standard_io, ""),
    halt(Status).
