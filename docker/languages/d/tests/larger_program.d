// Templates, ranges, operators, contracts, exceptions, associative arrays and concurrency.
import std.algorithm;
import std.array;
import std.concurrency;
import std.exception;
import std.math;
import std.stdio;
import std.string;
import std.typecons;

struct Matrix
{
    ulong[2][2] cells;
    enum one = Matrix([[1, 0], [0, 1]]);

    Matrix opBinary(string op : "*")(Matrix other) const
    {
        Matrix product;
        foreach (i; 0 .. 2)
            foreach (j; 0 .. 2)
                product.cells[i][j] = cells[i][0] * other.cells[0][j] + cells[i][1] * other.cells[1][j];
        return product;
    }
}

T power(T)(T base, int n)
in (n >= 0)
{
    auto result = T.one;
    for (; n > 0; n >>= 1, base = base * base)
        if (n & 1)
            result = result * base;
    return result;
}

enum fibonacci(int n) = power(Matrix([[1, 1], [1, 0]]), n).cells[0][1];

int queens(int size, int row = 0, uint columns = 0, uint left = 0, uint right = 0) pure
{
    if (row == size)
        return 1;
    int found = 0;
    for (uint free = ~(columns | left | right) & ((1u << size) - 1); free; free &= free - 1)
    {
        const bit = free & -free;
        found += queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}

class Negative : Exception
{
    mixin basicExceptionCtors;
}

double root(double x)
{
    enforce!Negative(x >= 0, "negative");
    return sqrt(x);
}

void main()
{
    int[string] counts;
    int total;
    foreach (line; stdin.byLineCopy)
        foreach (word; line.splitter)
        {
            ++counts[word];
            ++total;
        }
    auto entries = counts.byPair.map!(p => tuple!("word", "count")(p.key, p.value)).array;
    entries.multiSort!("a.count > b.count", "a.word < b.word");
    foreach (entry; entries)
        writefln("%s %d", entry.word, entry.count);
    assertThrown!Negative(root(-1));
    spawn((Tid owner) { owner.send(queens(8)); }, thisTid);
    const found = receiveOnly!int;
    writefln("%d words, fibonacci %d, queens %d, root %.6f", total, fibonacci!90, found, root(2));
}
