using System;

class Program
{
    static void Main()
    {
        for (;;) Console.WriteLine("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
    }
}
