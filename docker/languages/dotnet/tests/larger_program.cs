// Generics, LINQ, records by hand, events, iterators, tasks, big integers and exceptions.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Threading.Tasks;

struct Matrix
{
    readonly BigInteger a, b, c, d;
    public Matrix(BigInteger a, BigInteger b, BigInteger c, BigInteger d) { this.a = a; this.b = b; this.c = c; this.d = d; }
    public static Matrix operator *(Matrix l, Matrix r) =>
        new Matrix(l.a * r.a + l.b * r.c, l.a * r.b + l.b * r.d, l.c * r.a + l.d * r.c, l.c * r.b + l.d * r.d);
    public BigInteger Right => b;
}

static class Power
{
    public static T Of<T>(T one, T number, int n, Func<T, T, T> times)
    {
        for (; n > 0; n >>= 1, number = times(number, number))
            if ((n & 1) == 1) one = times(one, number);
        return one;
    }
}

class Negative : Exception
{
    public Negative(double x) : base($"{x} is negative") { }
}

class Words
{
    readonly ConcurrentDictionary<string, int> counts = new ConcurrentDictionary<string, int>();
    public event Action<string> Added = delegate { };
    public void Add(string word)
    {
        counts.AddOrUpdate(word, 1, (key, count) => count + 1);
        Added(word);
    }
    public IEnumerable<(string word, int count)> Sorted() =>
        from pair in counts orderby pair.Value descending, pair.Key select (pair.Key, pair.Value);
}

class Program
{
    static IEnumerable<string> Lines()
    {
        for (string line; (line = Console.ReadLine()) != null;) yield return line;
    }

    static int Queens(int size, int row = 0, uint columns = 0, uint left = 0, uint right = 0)
    {
        if (row == size) return 1;
        int found = 0;
        for (uint free = ~(columns | left | right) & ((1u << size) - 1); free != 0; free &= free - 1)
        {
            uint bit = free & (~free + 1);
            found += Queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
        }
        return found;
    }

    static double Root(double x) => x < 0 ? throw new Negative(x) : Math.Sqrt(x);

    static async Task Run()
    {
        var words = new Words();
        int total = 0;
        words.Added += word => ++total;
        foreach (var word in Lines().SelectMany(line => line.Split(' '))) words.Add(word);
        foreach (var entry in words.Sorted()) Console.WriteLine($"{entry.word} {entry.count}");
        try { Root(-1); throw new InvalidOperationException(); }
        catch (Negative) { }
        int queens = await Task.Run(() => Queens(8));
        var fibonacci = Power.Of(new Matrix(1, 0, 0, 1), new Matrix(1, 1, 1, 0), 90, (x, y) => x * y).Right;
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} words, fibonacci {1}, queens {2}, root {3:F6}", total, fibonacci, queens, Root(2)));
    }

    static void Main() => Run().Wait();
}
