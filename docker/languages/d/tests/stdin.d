import std.algorithm;
import std.array;
import std.conv;
import std.stdio;
import std.string;

void main()
{
    const count = readln().strip.to!size_t;
    writeln("sum ", readln().split.take(count).map!(to!int).sum);
    writeln("last ", readln().strip);
}

import std.range : take;
