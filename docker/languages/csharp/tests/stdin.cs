using System;
using System.Linq;

class Program
{
    static void Main()
    {
        int count = int.Parse(Console.ReadLine());
        Console.WriteLine("sum " + Console.ReadLine().Split(' ').Take(count).Select(int.Parse).Sum());
        Console.WriteLine("last " + Console.ReadLine());
    }
}
