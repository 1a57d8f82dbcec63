using System;
using System.Threading;

class Program
{
    static void Main()
    {
        Console.WriteLine("before");
        Thread.Sleep(30000);
    }
}
