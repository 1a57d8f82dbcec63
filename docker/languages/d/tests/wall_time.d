import core.thread;
import std.stdio;

void main()
{
    writeln("before");
    stdout.flush();
    Thread.sleep(30.seconds);
}
