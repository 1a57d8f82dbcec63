import std.conv;
import std.stdio;

void main()
{
    writeln("before");
    stdout.flush();
    writeln("x".to!int);
}
