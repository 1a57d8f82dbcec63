import std/os

echo "before"
stdout.flushFile()
sleep(30000)
