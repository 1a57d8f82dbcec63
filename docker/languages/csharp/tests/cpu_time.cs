class Program
{
    static void Main()
    {
        for (ulong total = 1; total != 0; total = total * 6364136223846793005 | 1) { }
    }
}
