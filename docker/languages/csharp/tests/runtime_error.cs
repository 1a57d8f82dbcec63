using System;

class Program
{
    static void Main()
    {
        Console.WriteLine("before");
        Console.WriteLine(int.Parse("x"));
    }
}
