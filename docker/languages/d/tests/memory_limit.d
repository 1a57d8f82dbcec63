void main()
{
    ubyte[][] blocks;
    for (;;)
    {
        auto block = new ubyte[4 << 20];
        block[] = 1;
        blocks ~= block;
    }
}
